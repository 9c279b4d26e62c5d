"""Excerpts: section 10."""

from dataclasses import dataclass

from . import cbor
from .block import read_block
from .entry import Entry
from .log import Log, read_log
from .refusal import Refusal
from .seal import LAST_POSITION, Seal
from .tree import check_proof

MOST_PROOF_HASHES = 1024


@dataclass(frozen=True)
class Excerpt:
    """Some entries of another log's seal, with the proof that they belong to it."""

    log: Log
    first: int
    seal_hash: bytes
    indexes: tuple[int, ...]
    entries: tuple[Entry, ...]
    proof: tuple[bytes, ...]

    def check(self, seal: Seal) -> list[bytes]:
        """The entry hashes, when everything belongs to `seal` (step 24 of section 12)."""
        if any(entry.context >= len(seal.contexts) for entry in self.entries):
            raise Refusal("malformed", "an entry of an excerpt names a context that its seal has not")
        if any(entry.core.suite is not seal.suite for entry in self.entries):
            raise Refusal("malformed", "an entry of an excerpt has another suite than its seal")
        hashes = [entry.hash(seal.contexts) for entry in self.entries]
        check_proof(seal.suite, seal.root, seal.count, dict(zip(self.indexes, hashes)), list(self.proof))
        return hashes

    def names(self, seal: Seal) -> bool:
        return (self.log.raw, self.first, self.seal_hash) == (seal.log.raw, seal.first, seal.hash)


def read_excerpt(reader: cbor.Reader) -> Excerpt:
    reader.array(6)
    log, first, seal_hash = read_log(reader), reader.unsigned(), reader.octets(32)
    if first > LAST_POSITION:
        raise reader.refuse(f"position {first}")
    runs = _read_runs(reader)
    entries = read_block(reader)
    if sum(number for _, number in runs) != len(entries):
        raise reader.refuse("an excerpt has not one entry for each index")
    indexes = tuple(index for start, number in runs for index in range(start, start + number))
    proof = tuple(reader.octets(32) for _ in range(reader.array(most=MOST_PROOF_HASHES)))
    return Excerpt(log, first, seal_hash, indexes, tuple(entries), proof)


def _read_runs(reader: cbor.Reader) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    end = -1
    for _ in range(reader.array()):
        reader.array(2)
        start, number = reader.unsigned(), reader.unsigned()
        if number < 1 or start <= end:
            raise reader.refuse("runs of indexes are empty, touch, overlap or descend")
        end = start + number
        runs.append((start, number))
    if not runs:
        raise reader.refuse("an excerpt without entries")
    return runs
