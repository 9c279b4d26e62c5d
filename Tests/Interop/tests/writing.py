"""A writer of the protocol for tests: what the verifier reads must come from somewhere else than the verifier.

It encodes with a common CBOR library and shares no line with the package.
"""

import hashlib
import hmac
from copy import copy
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
    """A seat with its key, or the root; those of the vectors have its numbers. `issued`: what it stated, in order."""

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
        self.issued: list[bytes] = []
        self.place: tuple[int, bytes | None] | None = None

    @property
    def next_place(self) -> tuple[int, bytes | None]:
        """Number and previous hash of the next statement of this issuer."""
        last = cbor2.loads(self.issued[-1]).value if self.issued else None
        suite = 2 if last and -65537 in cbor2.loads(last[0]).values() else 1
        return len(self.issued), digest(0x05, last[2], suite=suite) if last else None

    def certificate(self, **changes) -> bytes:
        """At its place in the issuer's trust log, or at the next one while it has none."""
        issuer = self.parent or self
        number, previous = self.place or issuer.next_place
        fields = {"kind": 1, "number": number, "previous": previous, "node": self.id, "code": self.code, "level": self.level,
                  "parent": self.parent.code if self.parent else "", "suite": self.suite, "key": self.key, "consent": None,
                  **changes}
        return sign(issuer, "cert", list(fields.values()))

    def enter(self, **changes) -> bytes:
        """Its certificate as the issuer's next statement."""
        issuer = self.parent or self
        self.place = issuer.next_place
        issuer.issued.append(self.certificate(**changes))
        return issuer.issued[-1]

    def revocation(self, key: bytes, bound=(0, None), logs=(), reason="钥匙丢失", **changes) -> bytes:
        """The next statement of this issuer, not yet entered; `logs`: list of (log id, next, seal hash)."""
        number, previous = self.next_place
        fields = {"kind": 2, "number": number, "previous": previous, "key": key, "statements": bound[0], "hash": bound[1],
                  "logs": sorted(map(list, logs), key=lambda one: encode(one[0])), "reason": reason, **changes}
        return sign(self, "cert", list(fields.values()))

    def revoke(self, key: bytes, *arguments, **changes) -> bytes:
        self.issued.append(self.revocation(key, *arguments, **changes))
        return self.issued[-1]

    def with_key(self, number: int) -> "Node":
        """The same node under a new key, which no certificate states yet."""
        other = Node(number, self.code, self.level, self.parent, self.suite)
        other.id, other.incarnation, other.issued = self.id, self.incarnation, self.issued
        return other

    def in_life(self, number: int) -> "Node":
        """The same node and key with a new database."""
        other = copy(self)
        other.incarnation = bytes([0xb0 + number]) + bytes(range(2, 9))
        return other

    def log(self, direction: int, peer: "Node") -> "Log":
        return Log(self, direction, peer)


def rotation(present: Node, new: Node, **changes) -> bytes:
    fields = {"node": present.id, "present_key": present.key_id, "suite": new.suite, "key": new.key, **changes}
    return sign(present, "rotate", sign(new, "rotate", list(fields.values())))


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
