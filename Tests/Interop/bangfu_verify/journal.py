"""What a reader holds while it goes through changesets in order: chains, seals, entries and what waits."""

from dataclasses import dataclass, field

from . import disclosure
from .changeset import check_cover, open_seal, read_body, split, unpack
from .entry import APPROVE, PASS, RELAY, RETURN, WITHDRAW, NATION, Core, Entry, Section
from .excerpt import Excerpt
from .refusal import MISSING_ENTRY, Refusal
from .seal import UP, Context, Seal, check_seal, read_seal
from .trust import Trust


@dataclass(frozen=True)
class Evidence:
    """Where an entry was seen: under which seal, at which index, and with how many proof hashes if as an excerpt."""

    place: str
    seal: Seal
    index: int
    proof_hashes: int | None
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Fact:
    """A verified entry, whatever the number of places it was seen in."""

    hash: bytes
    context: Context
    core: Core
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def author(self) -> bytes:
        return self.context.author


@dataclass(frozen=True)
class Waiting:
    """A relayed seal that came too early, or an excerpt whose seal is not held yet."""

    place: str
    what: Seal | Excerpt


class Chains:
    """The end of each log, as far as its seals follow each other without a gap."""

    def __init__(self):
        self._ends: dict[bytes, tuple[int, bytes | None]] = {}

    def end(self, seal: Seal) -> tuple[int, bytes | None]:
        return self._ends.get(seal.log.raw, (0, None))

    def check_next(self, seal: Seal) -> None:
        position, last = self.end(seal)
        if seal.first != position:
            raise Refusal("position", f"the seal begins at {seal.first}, awaited is {position}")
        if seal.previous != last:
            raise Refusal("chain-broken", "the seal does not name the hash of the one before")

    def follow(self, seal: Seal) -> None:
        self._ends[seal.log.raw] = (seal.end, seal.hash)


class Journal:
    """Everything one node exported, as far as it was read."""

    def __init__(self, trust: Trust, node: bytes):
        self.trust = trust
        self.node = node
        self.facts: dict[bytes, Fact] = {}
        self.changesets = self.entries = self.excerpts = 0
        self._written = Chains()
        self._relayed = Chains()
        self._seals: dict[tuple[bytes, int], Seal] = {}
        self._waiting: list[Waiting] = []

    def take(self, data: bytes, place: str) -> str:
        """Reads the next changeset and says in a few words what is in it. A refused one leaves nothing."""
        cover, packed = split(data)
        check_cover(cover, packed, self.trust, sender=self.node, receiver=None)
        seal = open_seal(cover, self.trust)
        if self.node not in (seal.log.author, seal.log.peer):
            raise Refusal("not-entitled", "the log is neither the exporting node's nor toward it")
        self._check_same(seal)
        self._written.check_next(seal)
        body = read_body(unpack(cover, packed), seal)
        disclosure.check_own(body.entries)
        for excerpt in body.excerpts:
            disclosure.check_excerpt(excerpt.entries, excerpt.log.author, seal.log.peer, self.trust)
        relayed = [self._read_relay(entry) for entry in body.entries if entry.core.type == RELAY]

        self._written.follow(seal)
        self._hold(seal)
        self.changesets += 1
        self.entries += seal.count
        for index, (entry, entry_hash) in enumerate(zip(body.entries, body.hashes)):
            self._note(entry, entry_hash, Evidence(place, seal, index, None, entry.sections))
        for inner in relayed:
            if seal.log.direction == UP:
                self._waiting.append(Waiting(place, inner))
            else:
                self._check_same(inner)
                self._hold(inner)
        self._waiting += [Waiting(place, excerpt) for excerpt in body.excerpts]
        self._settle()
        return f"entries {seal.first}..<{seal.end}, relayed seals {len(relayed)}, excerpts {len(body.excerpts)}"

    def finish(self) -> None:
        """Nothing may be left waiting, and every entry that a decision names must be here."""
        for waiting in self._waiting:
            if isinstance(waiting.what, Seal):
                raise Refusal("position", "a relayed seal does not follow those before it", waiting.place)
            raise Refusal("unknown-seal", "the seal of an excerpt never comes", waiting.place)
        for fact in self.facts.values():
            if fact.core.type in (APPROVE, RETURN, PASS, WITHDRAW) and fact.core.subject not in self.facts:
                named = fact.core.subject.hex() if fact.core.subject else "nothing"
                raise Refusal(MISSING_ENTRY, f"a {fact.core.type_name} names {named}, which is not here",
                              fact.evidence[0].place)

    def records(self) -> set[bytes]:
        return {fact.core.record for fact in self.facts.values() if fact.core.record is not None}

    def _read_relay(self, entry: Entry) -> Seal:
        raw = entry.shown(NATION)
        if raw is None or len(entry.sections) != 1:
            raise Refusal("malformed", "a relay has one section, the seal")
        seal = read_seal(raw)
        check_seal(seal, self.trust)
        self._check_same(seal)
        return seal

    def _settle(self) -> None:
        """Tries what waits until nothing moves any more."""
        moved = True
        while moved:
            still = [waiting for waiting in self._waiting if not self._try(waiting)]
            moved = len(still) < len(self._waiting)
            self._waiting = still

    def _try(self, waiting: Waiting) -> bool:
        """Whether it could be settled now."""
        try:
            return self._relay(waiting.what) if isinstance(waiting.what, Seal) else self._excerpt(waiting)
        except Refusal as refusal:
            raise refusal.at(waiting.place) from None

    def _relay(self, seal: Seal) -> bool:
        position, _ = self._relayed.end(seal)
        if seal.first > position:
            return False
        if seal.first == position:
            self._relayed.check_next(seal)
            self._relayed.follow(seal)
        self._check_same(seal)
        self._hold(seal)
        return True

    def _excerpt(self, waiting: Waiting) -> bool:
        excerpt = waiting.what
        seal = self._seals.get((excerpt.log.raw, excerpt.first))
        if seal is None:
            return False
        if not excerpt.names(seal):
            raise Refusal("unknown-seal", "an excerpt names another seal than the one at its position")
        for index, entry, entry_hash in zip(excerpt.indexes, excerpt.entries, excerpt.check(seal)):
            evidence = Evidence(waiting.place, seal, index, len(excerpt.proof), entry.sections)
            self._note(entry, entry_hash, evidence)
        self.excerpts += 1
        return True

    def _note(self, entry: Entry, entry_hash: bytes, evidence: Evidence) -> None:
        context = evidence.seal.contexts[entry.context]
        fact = self.facts.setdefault(entry_hash, Fact(entry_hash, context, entry.core))
        fact.evidence.append(evidence)

    def _check_same(self, seal: Seal) -> None:
        held = self._seals.get((seal.log.raw, seal.first))
        if held is not None and held.hash != seal.hash:
            raise Refusal("fork", f"another seal is held at position {seal.first} of this log")

    def _hold(self, seal: Seal) -> None:
        self._seals.setdefault((seal.log.raw, seal.first), seal)
