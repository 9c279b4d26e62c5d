"""Contexts and seals: sections 8.2 and 8.3."""

from dataclasses import dataclass

from . import cbor
from .cose import SEAL_LIMIT, Message, read_message
from .log import End, Log, read_log
from .refusal import Refusal
from .suites import CONTEXT, SEAL, Suite
from .trust import Trust

LAST_POSITION = 2**63 - 1025
MOST_ENTRIES = 1024
MOST_CONTEXTS = 32


@dataclass(frozen=True)
class Context:
    """What the entries of a run have in common."""

    raw: bytes
    author: bytes
    incarnation: bytes
    kind: int
    schema: int
    placement: int

    def digest(self, suite: Suite) -> bytes:
        return suite.digest(CONTEXT, self.raw)


@dataclass(frozen=True)
class Seal:
    """The author's statement over a run of its log; read, not yet checked."""

    message: Message
    log: Log
    first: int
    count: int
    contexts: tuple[Context, ...]
    root: bytes
    previous: bytes | None

    @property
    def suite(self) -> Suite:
        return self.message.suite

    @property
    def hash(self) -> bytes:
        return self.suite.digest(SEAL, self.message.payload)

    @property
    def end(self) -> int:
        return self.first + self.count


def _read_context(reader: cbor.Reader) -> Context:
    start = reader.position
    reader.array(5)
    author, incarnation = reader.octets(16), reader.octets(8)
    kind, schema, placement = reader.unsigned(), reader.unsigned(), reader.unsigned()
    return Context(reader.raw_since(start), author, incarnation, kind, schema, placement)


def read_seal(raw: bytes) -> Seal:
    """Step 13 of section 12."""
    message = read_message(raw, "seal", SEAL_LIMIT)
    reader = cbor.Reader(message.payload, "seal")
    reader.array(6)
    log = read_log(reader)
    first, count = reader.unsigned(), reader.unsigned()
    if first > LAST_POSITION or not 1 <= count <= MOST_ENTRIES:
        raise reader.refuse(f"{count} entries from position {first} on")
    contexts = tuple(_read_context(reader) for _ in range(reader.array(most=MOST_CONTEXTS)))
    root, previous = reader.octets(32), reader.octets_or_null(32)
    reader.end()
    if (previous is None) != (first == 0):
        raise Refusal("chain-broken", "only the first seal of a log has no predecessor")
    return Seal(message, log, first, count, contexts, root, previous)


def is_within(seal: Seal, end: End) -> bool:
    """Whether a seal lies before `end` or is the one that ends there."""
    return seal.end < end.next or (seal.end == end.next and seal.hash == end.hash)


def check_seal(seal: Seal, trust: Trust, bounded: bool = True) -> None:
    """Steps 14 to 16 of section 12; without `bounded` as if no key had been taken away."""
    signer = trust.signer(seal.message)
    revocation = trust.revocation_of(signer.key_id)
    if bounded and revocation is not None and not is_within(seal, revocation.end_of(seal.log)):
        raise Refusal("revoked", "the author's key was taken away before this seal")
    if signer.node != seal.log.author:
        raise Refusal("foreign-author", "the seal is not signed by the author of its log")
    for context in seal.contexts:
        if (context.author, context.incarnation) != (seal.log.author, seal.log.incarnation):
            raise Refusal("foreign-author", "a context is not of the seal's log")
    seal.message.check_signature("seal", trust.federation, signer.key)
