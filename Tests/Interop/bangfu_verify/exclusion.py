"""What does not count although a journal holds it: beyond a revocation (6.3), or beyond the end of a closed log (13.2)."""

from .log import End, Log
from .row import Row
from .seal import Seal, is_within
from .trust import Trust

REVOKED, LATE = "revoked", "late"


class Exclusions:
    """Judged over a whole journal, since what excludes a changeset may come after it."""

    def __init__(self, trust: Trust, rows: list[Row]):
        self._trust = trust
        self._seals = {row.seal.hash: row.seal for row in rows}
        self._codes: dict[bytes, str] = {}
        self._closings: dict[bytes, End] = {}
        self._chains: dict[bytes, frozenset[bytes]] = {}
        self._collect_closings(rows)
        for row in rows:
            self.code(row.seal)

    def code(self, seal: Seal) -> str | None:
        """Why a seal does not count, nothing when it does. Those of a log are asked about in their order, since what
        follows an excluded one is excluded, too."""
        code = self._own_code(seal) or self._codes.get(seal.previous)
        if code is not None:
            self._codes[seal.hash] = code
        return code

    def _own_code(self, seal: Seal) -> str | None:
        revocation = self._trust.revocation_of(seal.message.key_id)
        if revocation is not None and not self._leads_to(revocation.end_of(seal.log), seal):
            return REVOKED
        closing = self._closings.get(seal.log.raw)
        return LATE if closing is not None and not self._leads_to(closing, seal) else None

    def _collect_closings(self, rows: list[Row]) -> None:
        """Backward, so that an open entry that a later life excluded closes nothing."""
        for row in reversed(rows):
            opening = row.opening
            if opening is not None and self._own_code(row.seal) is None:
                closed: Log = row.log.of_life(opening.incarnation)
                self._closings.setdefault(closed.raw, opening.end)

    def _leads_to(self, end: End, seal: Seal) -> bool:
        """Whether a seal is of the one chain with this end. Without the last seal only its position can say so."""
        if end.hash not in self._seals:
            return is_within(seal, end)
        if end.hash not in self._chains:
            self._chains[end.hash] = frozenset(self._chain(end.hash))
        return seal.hash in self._chains[end.hash]

    def _chain(self, last: bytes | None):
        while last in self._seals:
            yield last
            last = self._seals[last].previous
