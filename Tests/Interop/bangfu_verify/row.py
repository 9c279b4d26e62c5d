"""One changeset of an export, verified as far as it goes without the others; and the entry that opens a life (13.2)."""

from dataclasses import dataclass

from . import cbor, disclosure
from .changeset import Body, check_cover, open_seal, read_body, split, unpack
from .entry import NATION, OPEN, PUBLISH, RELAY, Core, Entry
from .log import CHANNEL, End, Log
from .refusal import Refusal
from .seal import Seal, check_seal, read_seal
from .trust import Trust


@dataclass(frozen=True)
class Opening:
    """What the first entry of a new life says: which life was before, and where its log ended."""

    incarnation: bytes
    end: End


@dataclass(frozen=True)
class Row:
    """One changeset of a journal. `narrowed`: reports in excerpts that show less than their ceiling allows."""

    number: int
    place: str
    seal: Seal
    body: Body
    relayed: tuple[Seal, ...]
    narrowed: tuple[Core, ...]

    @property
    def log(self) -> Log:
        return self.seal.log

    @property
    def opening(self) -> Opening | None:
        """What it opens, when it begins its log with an open entry of the right schema."""
        return opening_of(self.body.entries[0]) if self.seal.first == 0 else None


def read_row(data: bytes, number: int, place: str, trust: Trust, node: bytes) -> Row:
    """Steps 1 to 17 and 19 to 23, and exact disclosure. Whether a key was taken away before the seal is asked later:
    a journal keeps what was taken back (section 13.3)."""
    cover, packed = split(data)
    check_cover(cover, packed, trust, sender=node, receiver=None)
    seal = open_seal(cover, trust, bounded=False)
    _check_route(seal.log, trust, node)
    body = read_body(unpack(cover, packed), seal)
    disclosure.check_own(body.entries)
    narrowed = tuple(core for excerpt in body.excerpts for core in disclosure.check_excerpt(
        excerpt.entries, excerpt.log.author, seal.log.peer, trust))
    if any((entry.core.type == PUBLISH) != (seal.log.direction == CHANNEL) for entry in body.entries):
        raise Refusal("not-entitled", "channels hold publish entries, and nothing else does")
    relayed = tuple(_read_relay(entry, trust) for entry in body.entries if entry.core.type == RELAY)
    return Row(number, place, seal, body, relayed, narrowed)


def _check_route(log: Log, trust: Trust, node: bytes) -> None:
    """Step 17 as an export has it: a log of the node's or toward it, or the channel of a seat above it."""
    if log.direction == CHANNEL:
        right = log.peer == log.author and (log.author == node or trust.is_below(node, log.author))
    else:
        right = node in (log.author, log.peer)
    if not right:
        raise Refusal("not-entitled", "the log is neither the exporting node's nor toward it")


def _read_relay(entry: Entry, trust: Trust) -> Seal:
    raw = entry.shown(NATION)
    if raw is None or len(entry.sections) != 1:
        raise Refusal("malformed", "a relay has one section, the seal")
    seal = read_seal(raw)
    check_seal(seal, trust, bounded=False)
    return seal


def opening_of(entry: Entry) -> Opening | None:
    """What an entry opens; nothing when it is no open entry, or not of the schema of one."""
    raw = entry.shown(NATION)
    if entry.core.type != OPEN or raw is None or len(entry.sections) != 1:
        return None
    try:
        return _read_opening(cbor.Reader(raw, "open entry"))
    except Refusal:
        return None


def _read_opening(reader: cbor.Reader) -> Opening:
    if reader.map() != 3 or reader.unsigned() != 1:
        raise reader.refuse("the incarnation before is expected")
    incarnation = reader.octets(8)
    if reader.unsigned() != 2:
        raise reader.refuse("the position is expected")
    position = reader.unsigned()
    if reader.unsigned() != 3:
        raise reader.refuse("the hash is expected")
    end = End(position, reader.octets_or_null(32))
    reader.end()
    if not end.is_whole:
        raise reader.refuse("a hash is null exactly at position 0")
    return Opening(incarnation, end)
