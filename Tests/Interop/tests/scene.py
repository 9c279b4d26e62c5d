"""One small federation and what happened in it: a record that is returned, corrected, and approved by two levels."""

import json
from pathlib import Path

from writing import DOWN, FEDERATION, UP, Entry, Log, Node, Run, changeset, encode

RECORD = bytes.fromhex("019a0000000070008000000000000001")
OTHER = bytes.fromhex("019a0000000070008000000000000002")
REPORT, WITHDRAW, APPROVE, RETURN, REJECT, PASS, RELAY, PUBLISH, OPEN = range(0x81, 0x8a)
NATION, REVIEWERS, CITY, MATCH, PATH = range(5)


def report(record: bytes, version: int, previous: bytes | None = None, ceiling: int = 1) -> Entry:
    core = {1: 1, 2: REPORT, 3: record, 4: version, **({5: previous} if previous else {}), 6: ceiling,
            9: 1760000000000 + version}
    sections = {NATION: encode({1: "困难职工", 2: version}), REVIEWERS: encode({1: "张", 2: True}),
                CITY: encode({7: "街道"})}
    return Entry(core, sections, seed=bytes([version]) + record[1:])


def decision(kind: int, record: bytes, version: int, subject: bytes, words: str | None = None) -> Entry:
    sections = {PATH: encode({1: words})} if words else {}
    return Entry({1: 1, 2: kind, 3: record, 4: version, 8: subject, 9: 1760000100000}, sections)


def relay(run: Run) -> Entry:
    return Entry({1: 1, 2: RELAY}, {NATION: run.seal}, kind=0)


def opening(before: Log, changes: dict = {}) -> Entry:
    """Begins a log behind that of the life before, at the end it has now."""
    fields = {1: before.id[1], 2: before.end, 3: before.last, **changes}
    return Entry({1: 1, 2: OPEN}, {NATION: encode(fields)}, kind=0)


def publication(version: int) -> Entry:
    rows = [["notice_working_days", "000000", 20819, None, "7"]]
    return Entry({1: 1, 2: PUBLISH, 4: version}, {NATION: encode({1: "parameters", 2: rows})}, kind=0)


def reveal(*reaches: int):
    return lambda entry, reach: reach in reaches


class Scene:
    """The nodes, the runs they sealed, and which node holds which in the order of its journal."""

    def __init__(self, suites: tuple[int, int, int, int] = (1, 1, 1, 1)):
        self.root = Node(5, "", 0, None, suites[3])
        self.nation = Node(1, "000000", 0, self.root, suites[0])
        self.province = Node(2, "320000", 1, self.nation, suites[1])
        self.city = Node(3, "320500", 2, self.province, suites[2])
        self.county = Node(4, "320506", 3, self.city, suites[3])
        self.nodes = [self.nation, self.province, self.city, self.county]
        self.statements = [node.enter() for node in [self.root, *self.nodes]]
        self._county_and_city()
        self._province_and_descent()
        reports, decisions = self.reports, self.decisions
        self.journals = {
            "county": [reports[0], decisions[0], reports[1], decisions[1], self.descent],
            "city": [reports[0], decisions[0], reports[1], decisions[1], self.ascent, self.province_decision, self.descent],
            "province": [self.ascent, self.province_decision, self.province_ascent],
            "nation": [self.province_ascent],
        }

    def _county_and_city(self) -> None:
        log = self.county.log(UP, self.city)
        first = report(RECORD, 1)
        second = report(RECORD, 2, first.hash(self.county))
        self.reports = [log.seal([first, report(OTHER, 1)]), log.seal([second])]
        self.subject = second.hash(self.county)
        self.city_down = self.city.log(DOWN, self.county)
        self.approval = decision(APPROVE, RECORD, 2, self.subject)
        self.decisions = [
            self.city_down.seal([decision(RETURN, RECORD, 1, first.hash(self.county), "请补充")]),
            self.city_down.seal([self.approval])]
        self.ascent = self.city.log(UP, self.province).seal(
            [relay(self.reports[0]), relay(self.reports[1]), self.approval],
            [self.reports[1].excerpt([0], reveal(NATION, REVIEWERS))])

    def _province_and_descent(self) -> None:
        approval = decision(APPROVE, RECORD, 2, self.subject, "同意")
        self.province_decision = self.province.log(DOWN, self.city).seal([approval])
        self.province_ascent = self.province.log(UP, self.nation).seal(
            [relay(self.reports[0]), relay(self.reports[1]), relay(self.ascent), approval],
            [self.reports[1].excerpt([0], reveal(NATION)), self.ascent.excerpt([2], reveal())])
        self.descent = self.city_down.seal([relay(self.province_decision)],
                                           [self.province_decision.excerpt([0], reveal(PATH))])

    def node(self, name: str) -> Node:
        return dict(zip(("nation", "province", "city", "county"), self.nodes))[name]

    def write(self, folder: Path, name: str, runs: list[Run] | None = None, more: list[bytes] = (),
              signer: Node | None = None) -> Path:
        """The export of one node, or of what else it might claim to hold; `more`: statements after those of the scene,
        `signer`: the node under another key."""
        node, runs = signer or self.node(name), self.journals[name] if runs is None else runs
        (folder / "changesets").mkdir(parents=True)
        description = {"federation": FEDERATION.hex(), "seat": node.code, "node": node.id.hex(), "changesets": len(runs)}
        (folder / "export.json").write_text(json.dumps(description), encoding="utf-8")
        (folder / "trust.cbor").write_bytes(encode([*self.statements, *more]))
        for number, run in enumerate(runs, 1):
            (folder / "changesets" / f"{number:08}.bgfu").write_bytes(changeset(run, node, None))
        return folder
