"""Entries: core, sections and the entry hash of section 7."""

from dataclasses import dataclass

from . import cbor
from .refusal import Refusal
from .seal import Context
from .suites import ENTRY, Suite, suite_numbered

REPORT, WITHDRAW, APPROVE, RETURN, REJECT, PASS, RELAY, PUBLISH, OPEN = range(0x81, 0x8a)
TYPE_NAMES = {REPORT: "report", WITHDRAW: "withdraw", APPROVE: "approve", RETURN: "return", REJECT: "reject",
              PASS: "pass", RELAY: "relay", PUBLISH: "publish", OPEN: "open"}
MUST_UNDERSTAND = 0x80

NATION, REVIEWERS, CITY, MATCH, PATH = range(5)
REACH_NAMES = ("nation", "reviewers", "city", "match", "path")

MOST_CORE_KEYS = 64
ENTRY_LIMIT = 1 << 20


@dataclass(frozen=True)
class Core:
    """The head of an entry. `raw` is what is hashed; keys that are not known are in it alone."""

    raw: bytes
    suite: Suite
    type: int
    record: bytes | None = None
    version: int | None = None
    previous: bytes | None = None
    ceiling: int | None = None
    reaches: tuple[int, ...] = ()
    subject: bytes | None = None
    created: int | None = None

    @property
    def type_name(self) -> str:
        return TYPE_NAMES.get(self.type, f"type {self.type:#04x}")

    @property
    def is_known(self) -> bool:
        return self.type in TYPE_NAMES


def _reaches(reader: cbor.Reader) -> tuple[int, ...]:
    reaches = tuple(reader.unsigned() for _ in range(reader.array()))
    if not reaches or any(left >= right for left, right in zip(reaches, reaches[1:])):
        raise reader.refuse("reaches are not ascending, or none")
    if reaches[-1] > PATH:
        raise reader.refuse(f"reach {reaches[-1]}")
    return reaches


_FIELDS = {
    1: ("suite", cbor.Reader.unsigned),
    2: ("type", cbor.Reader.unsigned),
    3: ("record", lambda reader: reader.octets(16)),
    4: ("version", cbor.Reader.unsigned),
    5: ("previous", lambda reader: reader.octets(32)),
    6: ("ceiling", cbor.Reader.unsigned),
    7: ("reaches", _reaches),
    8: ("subject", lambda reader: reader.octets(32)),
    9: ("created", cbor.Reader.unsigned),
}


def read_core(raw: bytes) -> Core:
    reader = cbor.Reader(raw, "core")
    count = reader.map()
    if count > MOST_CORE_KEYS:
        raise Refusal("too-large", f"core: {count} keys")
    fields, last = {}, -1
    for _ in range(count):
        key = reader.unsigned()
        if key <= last:
            raise reader.refuse("map keys are not ascending")
        last = key
        if key in _FIELDS:
            name, read = _FIELDS[key]
            fields[name] = read(reader)
        else:
            reader.skip()
    reader.end()
    if "suite" not in fields or not fields.get("type"):
        raise reader.refuse("suite or type is absent")
    return Core(raw, suite_numbered(fields.pop("suite")), **fields)


@dataclass(frozen=True)
class Section:
    """One part of an entry: shown with its salt, or withheld as its digest alone."""

    reach: int
    digest: bytes
    salt: bytes | None = None
    shown: bytes | None = None


@dataclass(frozen=True)
class Entry:
    """One immutable fact; `context` is an index into the table of its seal."""

    context: int
    core: Core
    seed: bytes | None
    sections: tuple[Section, ...]

    def hash(self, contexts: tuple[Context, ...]) -> bytes:
        suite = self.core.suite
        return suite.digest(ENTRY, contexts[self.context].digest(suite), len(self.core.raw).to_bytes(4, "big"),
                            self.core.raw, *(section.digest for section in self.sections))

    def shown(self, reach: int) -> bytes | None:
        return next((section.shown for section in self.sections if section.reach == reach), None)
