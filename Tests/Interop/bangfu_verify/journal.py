"""What a reader holds while it goes through changesets in order: chains, seals, entries and what waits."""

from dataclasses import dataclass, field

from . import disclosure
from .changeset import check_cover, open_seal, read_body, split, unpack
from .entry import APPROVE, PASS, PUBLISH, RELAY, REPORT, RETURN, WITHDRAW, NATION, Core, Entry, Section
from .excerpt import Excerpt
from .refusal import MISSING_ENTRY, Refusal
from .seal import CHANNEL, UP, Context, Seal, check_seal, read_seal
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


@dataclass(frozen=True)
class Narrowed:
    """A report that was shown at a level with less than its ceiling allows."""

    place: str
    core: Core
    level: int


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
        self._narrowed: list[Narrowed] = []

    def take(self, data: bytes, place: str) -> str:
        """Reads the next changeset and says in a few words what is in it. A refused one leaves nothing."""
        cover, packed = split(data)
        check_cover(cover, packed, self.trust, sender=self.node, receiver=None)
        seal = open_seal(cover, self.trust)
        self._check_route(seal)
        self._check_same(seal)
        self._written.check_next(seal)
        body = read_body(unpack(cover, packed), seal)
        disclosure.check_own(body.entries)
        narrowed = [Narrowed(place, core, self.trust.certificate_of_node(seal.log.peer).level)
                    for excerpt in body.excerpts
                    for core in disclosure.check_excerpt(excerpt.entries, excerpt.log.author, seal.log.peer, self.trust)]
        if any((entry.core.type == PUBLISH) != (seal.log.direction == CHANNEL) for entry in body.entries):
            raise Refusal("not-entitled", "channels hold publish entries, and nothing else does")
        relayed = [self._read_relay(entry) for entry in body.entries if entry.core.type == RELAY]

        self._narrowed += narrowed
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

    def _check_route(self, seal: Seal) -> None:
        """Step 17 as an export has it: a log of the node's or toward it, or the channel of a seat above it."""
        log = seal.log
        if log.direction == CHANNEL:
            right = log.peer == log.author and (log.author == self.node or self.trust.is_below(self.node, log.author))
        else:
            right = self.node in (log.author, log.peer)
        if not right:
            raise Refusal("not-entitled", "the log is neither the exporting node's nor toward it")

    def finish(self) -> None:
        """Nothing may be left waiting, and every entry that a decision names must be here."""
        for waiting in self._waiting:
            if isinstance(waiting.what, Seal):
                raise Refusal("position", "a relayed seal does not follow those before it", waiting.place)
            raise Refusal("unknown-seal", "the seal of an excerpt never comes", waiting.place)
        for narrowed in self._narrowed:
            if not any(self._takes_away(fact.core, narrowed) for fact in self.facts.values()):
                raise Refusal("body-incomplete", "sections of a report are withheld, and no newer version takes them away",
                              narrowed.place)
        for fact in self.facts.values():
            if fact.core.type in (APPROVE, RETURN, PASS, WITHDRAW) and fact.core.subject not in self.facts:
                named = fact.core.subject.hex() if fact.core.subject else "nothing"
                raise Refusal(MISSING_ENTRY, f"a {fact.core.type_name} names {named}, which is not here",
                              fact.evidence[0].place)

    @staticmethod
    def _takes_away(newer: Core, narrowed: Narrowed) -> bool:
        older = narrowed.core
        return (newer.type == REPORT and newer.record == older.record and (newer.version or 0) > (older.version or 0)
                and newer.ceiling is not None and newer.ceiling > narrowed.level)

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
