"""What a reader holds while it goes through changesets in order: chains, seals, entries and what waits."""

from dataclasses import dataclass, field
from typing import Iterator

from .entry import APPROVE, PASS, REPORT, RETURN, WITHDRAW, Core, Entry, Section
from .excerpt import Excerpt
from .exclusion import LATE, REVOKED, Exclusions
from .log import CHANNEL, UP, End, Log
from .refusal import MISSING_ENTRY, Refusal
from .row import Row
from .seal import Context, Seal
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
        self._ends: dict[bytes, End] = {}

    def end(self, log: Log) -> End:
        return self._ends.get(log.raw, End(0, None))

    def check_next(self, seal: Seal, *others: "Chains") -> None:
        """`seal` follows the end held here, or the one held in one of the others."""
        ends = [chains.end(seal.log) for chains in (self, *others)]
        if all(seal.first != end.next for end in ends):
            raise Refusal("position", f"the seal begins at {seal.first}, awaited is {ends[0].next}")
        if End(seal.first, seal.previous) not in ends:
            raise Refusal("chain-broken", "the seal does not name the hash of the one before")

    def follow(self, seal: Seal) -> None:
        self._ends[seal.log.raw] = End(seal.end, seal.hash)


class Journal:
    """Everything one node exported. What revocations and later lives exclude is read and not counted."""

    def __init__(self, trust: Trust, node: bytes, rows: list[Row]):
        self.trust = trust
        self.node = node
        self.facts: dict[bytes, Fact] = {}
        self.changesets = self.entries = self.excerpts = 0
        self.excluded: list[tuple[str, int]] = []
        self._exclusions = Exclusions(trust, rows)
        self._taken_back: set[bytes] = set()
        self._written = Chains()
        self._aside = Chains()
        self._relayed = Chains()
        self._lives: dict[tuple, list[Log]] = {}
        self._newest_keys: dict[bytes, tuple[int, int]] = {}
        self._seals: dict[tuple[bytes, int], Seal] = {}
        self._excluded_seals: dict[bytes, Seal] = {}
        self._aside_seals: set[bytes] = set()
        self._aside_logs: set[tuple[str, Log]] = set()
        self._waiting: list[Waiting] = []
        self._narrowed: list[Narrowed] = []

    def take(self, row: Row) -> str:
        """Reads the next changeset and says in a few words what is in it. A refused one leaves nothing."""
        code = self._exclusions.code(row.seal)
        self._count(row) if code is None else self._set_aside(row, code)
        self.changesets += 1
        where = f"entries {row.seal.first}..<{row.seal.end}"
        if code is not None:
            return f"{code} {where}, not counted"
        return f"ok {where}, relayed seals {len(row.relayed)}, excerpts {len(row.body.excerpts)}"

    def _count(self, row: Row) -> None:
        seal = row.seal
        self._check_same(seal)
        self._written.check_next(seal)
        self._check_key(seal)
        self._check_life(row)
        for inner in row.relayed:
            if self._exclusions.code(inner) is None:
                self._check_same(inner)
                self._check_key(inner)

        self._note_life(row.log)
        self._written.follow(seal)
        self._hold(seal)
        self.entries += seal.count
        self._narrowed += [Narrowed(row.place, core, self.trust.certificate_of_node(seal.log.peer).level)
                           for core in row.narrowed]
        for index, (entry, entry_hash) in enumerate(zip(row.body.entries, row.body.hashes)):
            self._note(entry, entry_hash, Evidence(row.place, seal, index, None, entry.sections))
        # Only upward do relayed seals of one log follow each other without a gap.
        if row.log.direction == UP:
            self._waiting += [Waiting(row.place, inner) for inner in row.relayed]
        else:
            for inner in row.relayed:
                self._hold_relayed(inner)
        self._waiting += [Waiting(row.place, excerpt) for excerpt in row.body.excerpts]
        self._settle()

    def _set_aside(self, row: Row, code: str) -> None:
        """A journal keeps the bytes of what was taken back; they still follow each other."""
        if row.seal.hash in self._aside_seals:
            raise Refusal("position", f"the seal at {row.seal.first} is there twice")
        self._aside.check_next(row.seal, self._written)
        self._aside.follow(row.seal)
        self._aside_seals.add(row.seal.hash)
        self._excluded_seals[row.seal.hash] = row.seal
        self._taken_back.update(row.body.hashes)
        self._aside_logs.add((code, row.log))
        self._note_life(row.log)
        self.excluded.append((code, row.number))

    def _check_life(self, row: Row) -> None:
        """Section 13.2: the first entry of a later life names the latest one before, at the end held here."""
        if row.seal.first != 0 or row.log.direction == CHANNEL:
            return
        opening, before = row.opening, list(self._latest_lives(row.log))
        is_first = all(self._written.end(log).next == 0 for log in before)
        if opening is None:
            if not is_first:
                raise Refusal("chain-broken", "a later life of the author does not begin with an open entry")
            return
        named = row.log.of_life(opening.incarnation)
        is_nothing = is_first and opening.end == End(0, None)
        if not is_nothing and (named not in before or opening.end not in self._ends_held(named)):
            raise Refusal("chain-broken", "the open entry does not name the end of the life before")
        # The author itself may have written on where its peer did not follow; the peer holds no more than is named.
        if (LATE, named) in self._aside_logs and row.log.author != self.node:
            raise Refusal("chain-broken", "more of the life before is held than the open entry names")

    def _latest_lives(self, log: Log) -> Iterator[Log]:
        """The latest life that counts, and those after it that were taken back whole."""
        for life in reversed(self._lives.get(log.link, [])):
            yield life
            if self._written.end(life).next > 0:
                return

    def _ends_held(self, log: Log) -> list[End]:
        """Where the log ends, and where it ended before a key was taken away."""
        ends = [self._written.end(log)]
        return [*ends, self._aside.end(log)] if (REVOKED, log) in self._aside_logs else ends

    def _note_life(self, log: Log) -> None:
        lives = self._lives.setdefault(log.link, [])
        if log not in lives:
            lives.append(log)

    def _check_key(self, seal: Seal) -> None:
        """In one log keys never go back (section 6.4), as far as its seals are held."""
        number = self.trust.signer(seal.message).number
        first, newest = self._newest_keys.get(seal.log.raw, (-1, number))
        if (number - newest) * (seal.first - first) < 0:
            raise Refusal("retired-key", "the seal is by an earlier key than one before it in its log")
        if seal.first > first:
            self._newest_keys[seal.log.raw] = (seal.first, number)

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
            # What is said about something taken back waits for it (section 13.3).
            is_here = fact.core.subject in self.facts or fact.core.subject in self._taken_back
            if fact.core.type in (APPROVE, RETURN, PASS, WITHDRAW) and not is_here:
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
        if self._exclusions.code(seal) is None:
            position = self._relayed.end(seal.log).next
            if seal.first > position:
                return False
            if seal.first == position:
                self._relayed.check_next(seal)
                self._relayed.follow(seal)
        self._hold_relayed(seal)
        return True

    def _hold_relayed(self, seal: Seal) -> None:
        if self._exclusions.code(seal) is not None:
            self._excluded_seals[seal.hash] = seal
            return
        self._check_same(seal)
        self._check_key(seal)
        self._hold(seal)

    def _excerpt(self, waiting: Waiting) -> bool:
        excerpt = waiting.what
        excluded = self._excluded_seals.get(excerpt.seal_hash)
        if excluded is not None and excerpt.names(excluded):
            self._taken_back.update(excerpt.check(excluded))
            return True
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
