"""The way of one record: its versions, who sealed them, and each decision with its evidence (section 13)."""

from dataclasses import dataclass, field
from datetime import datetime, timezone

from .entry import APPROVE, PASS, REACH_NAMES, REJECT, RELAY, REPORT, RETURN, WITHDRAW
from .journal import Evidence, Fact, Journal
from .log import UP
from .refusal import Refusal
from .section import read_section
from .statement import Certificate
from .trust import Trust

APPROVED, PENDING, RETURNED, WITHDRAWN, UNREVIEWED = "approved", "pending", "returned", "withdrawn", "unreviewed"


@dataclass
class Decision:
    """An entry about a version; `without_effect` is the code for which it does not count."""

    fact: Fact
    seat: Certificate
    without_effect: str | None = None


@dataclass
class Version:
    """One report of the record, and what was said about it in the order in which it was learned."""

    report: Fact
    decisions: list[Decision] = field(default_factory=list)
    state: str = PENDING
    waits_for: str = ""


@dataclass
class Way:
    """Everything held about one record."""

    home: Certificate
    path: list[Certificate]
    versions: list[Version]

    @property
    def last(self) -> Version:
        return self.versions[-1]

    @property
    def decisions(self) -> int:
        return sum(len(version.decisions) for version in self.versions)


def way_of(journal: Journal, record: bytes) -> Way:
    """Follows one record; refuses what contradicts the rules of section 13."""
    facts = [fact for fact in journal.facts.values() if fact.core.record == record]
    reports = sorted((fact for fact in facts if fact.core.type == REPORT), key=lambda fact: fact.core.version or 0)
    if not reports:
        raise Refusal("missing-entry", f"no version of record {record.hex()} is here")
    home = journal.trust.certificate_of_node(reports[0].author)
    way = Way(home, journal.trust.path_above(home.node), [Version(report) for report in reports])
    _check_versions(way, journal)
    for version in way.versions:
        for fact in journal.facts.values():
            if fact.core.subject == version.report.hash and fact.core.type != RELAY:
                version.decisions.append(_judge(fact, version, way, journal.trust))
        _conclude(version, way)
    return way


def _check_versions(way: Way, journal: Journal) -> None:
    """Every version is the home's and names the one before, as far as that is held."""
    for version in way.versions:
        core = version.report.core
        if version.report.author != way.home.node:
            raise Refusal("out-of-scope", f"version {core.version} was written by another node than the home")
        if core.version is None or (core.previous is None) != (core.version == 1):
            raise Refusal("schema", "a report without version, or without the version before")
        before = journal.facts.get(core.previous) if core.previous else None
        if before is not None and (before.core.record, before.core.version) != (core.record, core.version - 1):
            raise Refusal("schema", f"version {core.version} names something else as the version before")
    numbers = [version.report.core.version for version in way.versions]
    if len(set(numbers)) != len(numbers):
        raise Refusal("superseded", "the home stated one version twice")


def _judge(fact: Fact, version: Version, way: Way, trust: Trust) -> Decision:
    seat = trust.certificate_of_node(fact.author)
    core, report = fact.core, version.report.core
    decision = Decision(fact, seat)
    on_path = any(seat.node == upper.node for upper in way.path)
    reviews = on_path and report.ceiling is not None and seat.level >= report.ceiling
    entitled = {APPROVE: reviews, RETURN: reviews, PASS: on_path, REJECT: on_path,
                WITHDRAW: seat.node == way.home.node}.get(core.type, True)
    if not entitled or core.record not in (None, report.record) or core.version not in (None, report.version):
        decision.without_effect = "out-of-scope"
    elif core.type in (APPROVE, RETURN) and _decided_by(version, seat, (APPROVE, RETURN)):
        decision.without_effect = "already-decided"
    return decision


def _decided_by(version: Version, seat: Certificate, types: tuple[int, ...]) -> Decision | None:
    return next((decision for decision in version.decisions
                 if decision.seat.node == seat.node and decision.fact.core.type in types
                 and decision.without_effect is None), None)


def _conclude(version: Version, way: Way) -> None:
    """Goes up the review chain; an approval above a level that has not decided is a contradiction."""
    ceiling = version.report.core.ceiling
    reviewers = [seat for seat in way.path if ceiling is not None and seat.level >= ceiling]
    version.state = APPROVED if reviewers else UNREVIEWED
    for seat in reviewers:
        decision = _decided_by(version, seat, (APPROVE, RETURN)) or _decided_by(version, seat, (PASS,))
        decided = decision.fact.core.type if decision else None
        # A seat between home and ceiling may be a relay, which passes on; the ceiling itself must decide.
        is_passed = decided == PASS and seat.level != ceiling
        if version.state == PENDING and decided == APPROVE:
            raise Refusal("out-of-scope", f"{seat.seat} approved what {version.waits_for} had not")
        if version.state == APPROVED and decided == RETURN:
            version.state = RETURNED
        elif version.state == APPROVED and decided != APPROVE and not is_passed:
            version.state, version.waits_for = PENDING, seat.seat
    if version.state == PENDING and _decided_by(version, way.home, (WITHDRAW,)):
        version.state = WITHDRAWN


def lines(way: Way, trust: Trust) -> list[str]:
    """The way in words."""
    told = [f"home {way.home.seat}, kind {way.versions[0].report.context.kind}",
            "path " + ", ".join(seat.seat for seat in way.path)]
    for version in way.versions:
        core = version.report.core
        told.append(f"version {core.version} report of {way.home.seat}, entry {version.report.hash.hex()}{_created(core)}")
        told += _evidence_lines(version.report, trust)
        for decision in sorted(version.decisions, key=lambda one: -one.seat.level):
            note = f", without effect: {decision.without_effect}" if decision.without_effect else ""
            told.append(f"  {decision.fact.core.type_name} by {decision.seat.seat}, "
                        f"entry {decision.fact.hash.hex()}{_created(decision.fact.core)}{note}")
            told += ["  " + line for line in _evidence_lines(decision.fact, trust)]
        ceiling = "no review" if core.ceiling is None else f"review ceiling {core.ceiling}"
        waits = f", waits for {version.waits_for}" if version.state == PENDING else ""
        told.append(f"  {version.state}{waits} ({ceiling})")
    return told


def _created(core) -> str:
    if core.created is None:
        return ""
    try:
        moment = datetime.fromtimestamp(core.created / 1000, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return f", created {core.created}"
    return f", created {moment:%Y-%m-%dT%H:%M:%SZ}"


def _evidence_lines(fact: Fact, trust: Trust) -> list[str]:
    told = []
    for evidence in fact.evidence:
        told.append(f"  {_evidence(evidence, trust)}")
        for section in evidence.sections:
            told.append(f"    {REACH_NAMES[section.reach]} {_content(section.shown)}")
    return told


def _evidence(evidence: Evidence, trust: Trust) -> str:
    seal = evidence.seal
    author = trust.signer(seal.message)
    log = f"{'up' if seal.log.direction == UP else 'down'} log, seal {seal.first}..<{seal.end}, entry {evidence.index}"
    if evidence.proof_hashes is None:
        return f"seal of {author.seat}, {log}, in {evidence.place}"
    return f"excerpt (proof hashes {evidence.proof_hashes}), seal of {author.seat}, {log}, in {evidence.place}"


def _content(shown: bytes | None) -> str:
    if shown is None:
        return "withheld"
    try:
        return f"shown (fields {len(read_section(shown))}, bytes {len(shown)})"
    except Refusal as refusal:
        return f"shown (bytes {len(shown)}, no section: {refusal})"
