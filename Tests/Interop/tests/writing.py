"""A writer of the protocol for tests: what the verifier reads must come from somewhere else than the verifier.

It encodes with a common CBOR library and shares no line with the package.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

import cbor2
import lz4.frame
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FEDERATION = bytes.fromhex("fe0102030405060708090a0b0c0d0e0f")
UP, DOWN, CHANNEL = 1, 2, 3


def encode(value) -> bytes:
    return cbor2.dumps(value, canonical=True)


def digest(domain: int, *parts: bytes) -> bytes:
    return hashlib.sha256(bytes([domain]) + b"".join(parts)).digest()


def salt(seed: bytes, index: int) -> bytes:
    extracted = hmac.digest(bytes(32), seed, "sha256")
    return hmac.digest(extracted, bytes([index, 1]), "sha256")[:16]


@dataclass
class Node:
    """A seat with its key; the first four are those of the vectors."""

    number: int
    code: str
    level: int
    parent: "Node | None" = None

    def __post_init__(self):
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([self.number]) * 32)
        self.key = self.private.public_key().public_bytes_raw()
        self.key_id = digest(0x30, b"\x01", self.key)[:16]
        self.id = bytes([0xa0 + self.number]) + bytes(range(1, 16))
        self.incarnation = bytes([0xb0 + self.number]) + bytes(range(1, 8))

    def certificate(self, **changes) -> bytes:
        fields = {"node": self.id, "code": self.code, "level": self.level,
                  "parent": self.parent.code if self.parent else "", "suite": 1, "key": self.key, **changes}
        return sign(self.parent or self, "cert", list(fields.values()))

    def log(self, direction: int, peer: "Node") -> "Log":
        return Log(self, direction, peer)


def sign(node: Node, purpose: str, payload, federation: bytes = FEDERATION, algorithm: int = -8) -> bytes:
    raw = payload if isinstance(payload, bytes) else encode(payload)
    protected = encode({1: algorithm, 4: node.key_id})
    statement = encode(["Signature1", protected, f"bangfu/1/{purpose}".encode() + federation, raw])
    return encode(cbor2.CBORTag(18, [protected, {}, raw, node.private.sign(statement)]))


@dataclass
class Entry:
    """A core and its sections by reach."""

    core: dict
    sections: dict[int, bytes] = field(default_factory=dict)
    kind: int = 1
    seed: bytes = bytes([0xc5]) * 16

    def raw(self) -> bytes:
        return encode({**self.core, **({7: sorted(self.sections)} if self.sections else {})})

    def salts(self) -> dict[int, bytes]:
        return {reach: salt(self.seed, index) for index, reach in enumerate(sorted(self.sections))}

    def digests(self) -> dict[int, bytes]:
        return {reach: digest(0x10, one, self.sections[reach]) for reach, one in self.salts().items()}

    def hash(self, author: Node) -> bytes:
        raw = self.raw()
        context = digest(0x04, encode(context_of(author, self.kind)))
        return digest(0x00, context, len(raw).to_bytes(4, "big"), raw, *self.digests().values())


def context_of(author: Node, kind: int) -> list:
    return [author.id, author.incarnation, kind, 3 if kind else 0, 1]


def block(entries: list[Entry], kinds: list[int], shown=None) -> list:
    """`shown(entry, reach)` says what a reduced block shows; without it everything travels with its seed."""
    columns = []
    for reach in sorted({reach for entry in entries for reach in entry.sections}):
        parts = []
        for entry in (entry for entry in entries if reach in entry.sections):
            if shown is None:
                parts.append(entry.sections[reach])
            elif shown(entry, reach):
                parts.append([entry.salts()[reach], entry.sections[reach]])
            else:
                parts.append([entry.digests()[reach]])
        columns.append([reach, parts])
    seeds = [entry.seed if entry.sections and shown is None else None for entry in entries]
    return [[[kinds.index(entry.kind), 1] for entry in entries], [entry.raw() for entry in entries], seeds, columns]


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return digest(0x01, root(leaves[:middle]), root(leaves[middle:]))


def proof(leaves: list[bytes], first: int, indexes: set[int]) -> list[bytes]:
    if not indexes & set(range(first, first + len(leaves))):
        return [root(leaves)]
    if len(leaves) == 1:
        return []
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return proof(leaves[:middle], first, indexes) + proof(leaves[middle:], first + middle, indexes)


@dataclass
class Run:
    """A sealed run of a log, ready to be covered."""

    log: "Log"
    first: int
    entries: list[Entry]
    kinds: list[int]
    seal: bytes
    hash: bytes
    body: bytes

    def excerpt(self, indexes: list[int], shown) -> list:
        leaves = [entry.hash(self.log.author) for entry in self.entries]
        return [self.log.id, self.first, self.hash, [[index, 1] for index in indexes],
                block([self.entries[index] for index in indexes], self.kinds, shown), proof(leaves, 0, set(indexes))]


class Log:
    """Writes seals one after the other."""

    def __init__(self, author: Node, direction: int, peer: Node):
        self.author = author
        self.id = [author.id, author.incarnation, direction, peer.id]
        self.end = 0
        self.last: bytes | None = None

    def seal(self, entries: list[Entry], excerpts: list = (), **changes) -> Run:
        kinds = sorted({entry.kind for entry in entries})
        leaves = [entry.hash(self.author) for entry in entries]
        payload = {"log": self.id, "first": self.end, "count": len(entries),
                   "contexts": [context_of(self.author, kind) for kind in kinds], "root": root(leaves),
                   "previous": self.last, **changes}
        encoded = encode(list(payload.values()))
        run = Run(self, self.end, entries, kinds, sign(self.author, "seal", encoded), digest(0x02, encoded),
                  encode([block(entries, kinds), sorted(excerpts, key=lambda one: (encode(one[0]), one[1]))]))
        self.end, self.last = self.end + len(entries), run.hash
        return run


def cover(sender: Node, receiver: Node | None, seal: bytes, packed: bytes, unpacked: int, /, **changes) -> bytes:
    fields = {"sender": sender.id, "receiver": receiver.id if receiver else None, "seal": seal,
              "digest": digest(0x03, packed), "packed": len(packed), "unpacked": unpacked, **changes}
    return sign(sender, "cover", list(fields.values()))


def join(cover_bytes: bytes, packed: bytes, major: int = 1, minor: int = 0, flags: int = 0) -> bytes:
    return (b"BGFU" + bytes([major, minor]) + flags.to_bytes(2, "big") + len(cover_bytes).to_bytes(4, "big")
            + cover_bytes + packed)


def changeset(run: Run, sender: Node, receiver: Node | None) -> bytes:
    packed = lz4.frame.compress(run.body)
    return join(cover(sender, receiver, run.seal, packed, len(run.body)), packed)
