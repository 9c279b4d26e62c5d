"""Logs and where they end: sections 8.1, 6.3, 13.2 and 15.1."""

from dataclasses import dataclass

from . import cbor

UP, DOWN, CHANNEL = 1, 2, 3


@dataclass(frozen=True)
class Log:
    """The entries of one author toward one neighbour in one incarnation; `raw` is its id as it travels."""

    raw: bytes
    author: bytes
    incarnation: bytes
    direction: int
    peer: bytes

    @property
    def link(self) -> tuple[bytes, int, bytes]:
        """What the logs of all lives of one author toward one neighbour have in common."""
        return self.author, self.direction, self.peer

    def of_life(self, incarnation: bytes) -> "Log":
        """The log of the same author toward the same neighbour in another life."""
        return Log(_encoded(self.author, incarnation, self.direction, self.peer), self.author, incarnation,
                   self.direction, self.peer)


@dataclass(frozen=True)
class End:
    """How far a log goes: the position after its last entry, and the hash of its last seal; null at 0."""

    next: int
    hash: bytes | None

    @property
    def is_whole(self) -> bool:
        return (self.hash is None) == (self.next == 0)


def read_log(reader: cbor.Reader) -> Log:
    start = reader.position
    reader.array(4)
    author, incarnation, direction, peer = reader.octets(16), reader.octets(8), reader.unsigned(), reader.octets(16)
    if direction not in (UP, DOWN, CHANNEL):
        raise reader.refuse(f"direction {direction}")
    return Log(reader.raw_since(start), author, incarnation, direction, peer)


def _encoded(author: bytes, incarnation: bytes, direction: int, peer: bytes) -> bytes:
    return (cbor.head(cbor.ARRAY, 4) + cbor.of_bytes(author) + cbor.of_bytes(incarnation)
            + cbor.head(cbor.UNSIGNED, direction) + cbor.of_bytes(peer))
