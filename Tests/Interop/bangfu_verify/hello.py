"""Hello and sealed line: section 15."""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import cbor
from .cose import read_message
from .refusal import Refusal
from .suites import Suite
from .trust import Trust

CHILD, PARENT = 1, 2


@dataclass(frozen=True)
class Hello:
    """One half of a hello."""

    raw: bytes
    suite: Suite
    node: bytes
    incarnation: bytes
    peer: bytes
    nonce: bytes
    exchange_key: bytes
    up: int
    up_hash: bytes | None
    down: int
    down_hash: bytes | None
    trust_count: int
    transcript: bytes | None


def _verify_half(raw: bytes, trust: Trust, reader_node: bytes) -> Hello:
    message = read_message(raw, "hello")
    signer = trust.signer(message)
    message.check_signature("hello", trust.federation, signer.key, signer.suite)
    reader = cbor.Reader(message.payload, "hello")
    reader.array(8)
    names = reader.octets(16), reader.octets(8), reader.octets(16), reader.octets(), reader.octets(32)
    reader.array(4)
    positions = reader.unsigned(), reader.octets_or_null(32), reader.unsigned(), reader.octets_or_null(32)
    hello = Hello(raw, message.suite, *names, *positions, reader.unsigned(), reader.octets_or_null(32))
    reader.end()
    if signer.node != hello.node:
        raise Refusal("not-entitled", "the hello is not its node's")
    if hello.peer != reader_node:
        raise Refusal("wrong-receiver", "the hello is for another node")
    return hello


def verify_question(raw: bytes, trust: Trust, parent: bytes, nonce: bytes) -> Hello:
    """The child's half, read by the parent that gave `nonce`."""
    hello = _verify_half(raw, trust, parent)
    if hello.nonce != nonce or hello.transcript is not None:
        raise Refusal("bad-signature", "the question does not answer this challenge")
    return hello


def verify_answer(raw: bytes, trust: Trust, question: Hello) -> Hello:
    """The parent's half, read by the child that asked."""
    hello = _verify_half(raw, trust, question.node)
    transcript = hashlib.sha256(question.raw).digest()
    if (hello.transcript, hello.nonce, hello.node) != (transcript, question.nonce, question.peer):
        raise Refusal("bad-signature", "the answer belongs to another question")
    return hello


class Line:
    """The keys of a sealed line, and its bodies."""

    def __init__(self, private_key: bytes, peer_key: bytes, question: Hello, answer: Hello):
        try:
            self.secret = X25519PrivateKey.from_private_bytes(private_key).exchange(
                X25519PublicKey.from_public_bytes(peer_key))
        except ValueError:
            raise Refusal("cryptography", "the exchange gives no secret") from None
        salt = hashlib.sha256(question.raw + answer.raw).digest()
        suite = question.suite
        self.keys = {CHILD: suite.derive(self.secret, salt, b"bangfu/1/line/child", 32),
                     PARENT: suite.derive(self.secret, salt, b"bangfu/1/line/parent", 32)}
        self.session = suite.derive(self.secret, salt, b"bangfu/1/line/session", 16)

    def open(self, sealed: bytes, side: int, counter: int, method: str, target: str, status: int) -> bytes:
        nonce = bytes([0, 0, 0, side]) + counter.to_bytes(8, "big")
        header = (cbor.head(cbor.ARRAY, 5) + cbor.head(cbor.UNSIGNED, side) + cbor.head(cbor.UNSIGNED, counter)
                  + cbor.of_text(method) + cbor.of_text(target) + cbor.head(cbor.UNSIGNED, status))
        try:
            return AESGCM(self.keys[side]).decrypt(nonce, sealed, header)
        except InvalidTag:
            raise Refusal("bad-signature", "the sealed body does not open") from None
