"""A writer of the protocol for tests: what the verifier reads must come from somewhere else than the verifier.

It encodes with a common CBOR library and shares no line with the package.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

import cbor2
import lz4.frame
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sm2_signing import Sm2PrivateKey

FEDERATION = bytes.fromhex("fe0102030405060708090a0b0c0d0e0f")
UP, DOWN, CHANNEL = 1, 2, 3
HASHES = {1: "sha256", 2: "sm3"}


def encode(value) -> bytes:
    return cbor2.dumps(value, canonical=True)


def digest(domain: int, *parts: bytes, suite: int = 1) -> bytes:
    return hashlib.new(HASHES[suite], bytes([domain]) + b"".join(parts)).digest()


def salt(seed: bytes, index: int, suite: int = 1) -> bytes:
    extracted = hmac.digest(bytes(32), seed, HASHES[suite])
    return hmac.digest(extracted, bytes([index, 1]), HASHES[suite])[:16]


@dataclass
class Node:
    """A seat with its key; the first four are those of the vectors."""

    number: int
    code: str
    level: int
    parent: "Node | None" = None
    suite: int = 1

    def __post_init__(self):
        seed = bytes([self.number]) * 32
        self.private = Ed25519PrivateKey.from_private_bytes(seed) if self.suite == 1 else Sm2PrivateKey(seed)
        self.key = self.private.public_key().public_bytes_raw() if self.suite == 1 else self.private.public
        self.key_id = digest(0x30, bytes([self.suite]), self.key, suite=self.suite)[:16]
        self.id = bytes([0xa0 + self.number]) + bytes(range(1, 16))
        self.incarnation = bytes([0xb0 + self.number]) + bytes(range(1, 8))

    def certificate(self, **changes) -> bytes:
        fields = {"node": self.id, "code": self.code, "level": self.level,
                  "parent": self.parent.code if self.parent else "", "suite": self.suite, "key": self.key, **changes}
        return sign(self.parent or self, "cert", list(fields.values()))

    def log(self, direction: int, peer: "Node") -> "Log":
        return Log(self, direction, peer)


def sign(node: Node, purpose: str, payload, federation: bytes = FEDERATION, algorithm: int | None = None) -> bytes:
    raw = payload if isinstance(payload, bytes) else encode(payload)
    algorithm = algorithm or {1: -8, 2: -65537}[node.suite]
    protected = encode({1: algorithm, 4: node.key_id})
    statement = encode(["Signature1", protected, f"bangfu/1/{purpose}".encode() + federation, raw])
    return encode(cbor2.CBORTag(18, [protected, {}, raw, node.private.sign(statement)]))


@dataclass
class Entry:
    """A core and its sections by reach; its suite is the author's, unless it says another."""

    core: dict
    sections: dict[int, bytes] = field(default_factory=dict)
    kind: int = 1
    seed: bytes = bytes([0xc5]) * 16
    suite: int | None = None

    def raw(self, suite: int = 1) -> bytes:
        return encode({**self.core, 1: self.suite or suite, **({7: sorted(self.sections)} if self.sections else {})})

    def salts(self, suite: int = 1) -> dict[int, bytes]:
        return {reach: salt(self.seed, index, self.suite or suite) for index, reach in enumerate(sorted(self.sections))}

    def digests(self, suite: int = 1) -> dict[int, bytes]:
        return {reach: digest(0x10, one, self.sections[reach], suite=self.suite or suite)
                for reach, one in self.salts(suite).items()}

    def hash(self, author: Node) -> bytes:
        raw, suite = self.raw(author.suite), self.suite or author.suite
        context = digest(0x04, encode(context_of(author, self.kind)), suite=suite)
        return digest(0x00, context, len(raw).to_bytes(4, "big"), raw, *self.digests(suite).values(), suite=suite)


def context_of(author: Node, kind: int) -> list:
    return [author.id, author.incarnation, kind, 3 if kind else 0, 1]


def block(entries: list[Entry], kinds: list[int], shown=None, suite: int = 1) -> list:
    """`shown(entry, reach)` says what a reduced block shows; without it everything travels with its seed."""
    columns = []
    for reach in sorted({reach for entry in entries for reach in entry.sections}):
        parts = []
        for entry in (entry for entry in entries if reach in entry.sections):
            if shown is None:
                parts.append(entry.sections[reach])
            elif shown(entry, reach):
                parts.append([entry.salts(suite)[reach], entry.sections[reach]])
            else:
                parts.append([entry.digests(suite)[reach]])
        columns.append([reach, parts])
    seeds = [entry.seed if entry.sections and shown is None else None for entry in entries]
    return [[[kinds.index(entry.kind), 1] for entry in entries], [entry.raw(suite) for entry in entries], seeds, columns]


def root(leaves: list[bytes], suite: int = 1) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return digest(0x01, root(leaves[:middle], suite), root(leaves[middle:], suite), suite=suite)


def proof(leaves: list[bytes], first: int, indexes: set[int], suite: int = 1) -> list[bytes]:
    if not indexes & set(range(first, first + len(leaves))):
        return [root(leaves, suite)]
    if len(leaves) == 1:
        return []
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return proof(leaves[:middle], first, indexes, suite) + proof(leaves[middle:], first + middle, indexes, suite)


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
                block([self.entries[index] for index in indexes], self.kinds, shown, self.log.author.suite),
                proof(leaves, 0, set(indexes), self.log.author.suite)]


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
                   "contexts": [context_of(self.author, kind) for kind in kinds], "root": root(leaves, self.author.suite),
                   "previous": self.last, **changes}
        encoded = encode(list(payload.values()))
        suite = self.author.suite
        ordered = sorted(excerpts, key=lambda one: (encode(one[0]), one[1]))
        run = Run(self, self.end, entries, kinds, sign(self.author, "seal", encoded), digest(0x02, encoded, suite=suite),
                  encode([block(entries, kinds, suite=suite), ordered]))
        self.end, self.last = self.end + len(entries), run.hash
        return run


def cover(sender: Node, receiver: Node | None, seal: bytes, packed: bytes, unpacked: int, /, **changes) -> bytes:
    fields = {"sender": sender.id, "receiver": receiver.id if receiver else None, "seal": seal,
              "digest": digest(0x03, packed, suite=sender.suite), "packed": len(packed), "unpacked": unpacked, **changes}
    return sign(sender, "cover", list(fields.values()))


def join(cover_bytes: bytes, packed: bytes, major: int = 1, minor: int = 0, flags: int = 0) -> bytes:
    return (b"BGFU" + bytes([major, minor]) + flags.to_bytes(2, "big") + len(cover_bytes).to_bytes(4, "big")
            + cover_bytes + packed)


def changeset(run: Run, sender: Node, receiver: Node | None) -> bytes:
    packed = lz4.frame.compress(run.body)
    return join(cover(sender, receiver, run.seal, packed, len(run.body)), packed)
