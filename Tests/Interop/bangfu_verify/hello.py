"""Hello and sealed line: section 15."""

from dataclasses import dataclass

from . import cbor
from .cose import read_message
from .log import End
from .refusal import Refusal, malformed
from .suites import Suite
from .trust import Trust

CHILD, PARENT = 1, 2
MOST_LIVES = 16


@dataclass(frozen=True)
class Life:
    """How far the one who speaks holds the log of one incarnation."""

    incarnation: bytes
    end: End


@dataclass(frozen=True)
class Thread:
    """The latest answer that the child has accepted: in which life of the parent, its number, and its message's digest."""

    life: bytes
    number: int
    digest: bytes


@dataclass(frozen=True)
class Hello:
    """One half of a hello; `suite` is that of its signer's key, `session` that of the line to come."""

    raw: bytes
    suite: Suite
    session: Suite
    node: bytes
    incarnation: bytes
    peer: bytes
    nonce: bytes
    exchange_key: bytes
    up: tuple[Life, ...]
    down: tuple[Life, ...]
    trust_digest: bytes
    thread: Thread | None
    transcript: bytes | None


def session_suite(one: Suite, other: Suite) -> Suite:
    """The suite of a session between the owners of two signing keys (section 4.2)."""
    return max(one, other, key=lambda suite: suite.number)


def read_lives(reader: cbor.Reader) -> tuple[Life, ...]:
    lives = []
    for _ in range(reader.array(most=MOST_LIVES)):
        reader.array(3)
        lives.append(Life(reader.octets(8), End(reader.unsigned(), reader.octets_or_null(32))))
    if len({life.incarnation for life in lives}) != len(lives):
        raise reader.refuse("a life is listed twice")
    return tuple(lives)


def _read_thread(reader: cbor.Reader) -> Thread | None:
    if reader.null():
        return None
    reader.array(3)
    return Thread(reader.octets(8), reader.unsigned(), reader.octets(32))


def _verify_half(raw: bytes, trust: Trust, reader_node: bytes, reader_suite: Suite) -> Hello:
    message = read_message(raw, "hello")
    signer = trust.current_signer(message)
    message.check_signature("hello", trust.federation, signer.key)
    reader = cbor.Reader(message.payload, "hello")
    reader.array(10)
    session = session_suite(message.suite, reader_suite)
    names = reader.octets(16), reader.octets(8), reader.octets(16), reader.octets(), reader.octets(session.key_size)
    lives = read_lives(reader), read_lives(reader)
    hello = Hello(raw, message.suite, session, *names, *lives, reader.octets(32), _read_thread(reader),
                  reader.octets_or_null(32))
    reader.end()
    if signer.node != hello.node:
        raise Refusal("not-entitled", "the hello is not its node's")
    if hello.peer != reader_node:
        raise Refusal("wrong-receiver", "the hello is for another node")
    return hello


def verify_question(raw: bytes, trust: Trust, parent: bytes, nonce: bytes) -> Hello:
    """The child's half, read by the parent that gave `nonce`."""
    hello = _verify_half(raw, trust, parent, trust.certificate_of_node(parent).suite)
    if hello.nonce != nonce or hello.transcript is not None:
        raise Refusal("bad-signature", "the question does not answer this challenge")
    return hello


def verify_answer(raw: bytes, trust: Trust, question: Hello) -> Hello:
    """The parent's half, read by the child that asked."""
    hello = _verify_half(raw, trust, question.node, question.suite)
    if hello.thread is not None:
        raise malformed("hello: an answer has no thread")
    transcript = hello.session.plain_digest(question.raw)
    if (hello.transcript, hello.nonce, hello.node) != (transcript, question.nonce, question.peer):
        raise Refusal("bad-signature", "the answer belongs to another question")
    return hello


class Line:
    """The keys of a sealed line, and its bodies; `seed` is the secret of one's own exchange key."""

    def __init__(self, seed: bytes, peer_key: bytes, question: Hello, answer: Hello):
        self.suite = answer.session
        self.secret = self.suite.exchange(seed, peer_key)
        salt = self.suite.plain_digest(question.raw + answer.raw)
        size = self.suite.sealing_key_size
        self.keys = {CHILD: self.suite.derive(self.secret, salt, b"bangfu/1/line/child", size),
                     PARENT: self.suite.derive(self.secret, salt, b"bangfu/1/line/parent", size)}
        self.session = self.suite.derive(self.secret, salt, b"bangfu/1/line/session", 16)

    def open(self, sealed: bytes, side: int, counter: int, method: str, target: str, status: int) -> bytes:
        nonce = bytes([0, 0, 0, side]) + counter.to_bytes(8, "big")
        header = (cbor.head(cbor.ARRAY, 5) + cbor.head(cbor.UNSIGNED, side) + cbor.head(cbor.UNSIGNED, counter)
                  + cbor.of_text(method) + cbor.of_text(target) + cbor.head(cbor.UNSIGNED, status))
        return self.suite.open(self.keys[side], nonce, header, sealed)
