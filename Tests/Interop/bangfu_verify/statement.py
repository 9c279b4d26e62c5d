"""Trust statements as they are read, before they are admitted: sections 6.2 and 6.3."""

from dataclasses import dataclass

from . import cbor
from .cose import Message, read_message
from .log import End, Log, read_log
from .refusal import Refusal
from .suites import STATEMENT, Suite, suite_numbered

CERTIFICATE, REVOCATION = 1, 2
MOST_LOGS = 128
REASON_LIMIT = 1000
LEVEL_NAMES = {0: "national", 1: "province", 2: "city", 3: "county"}


@dataclass(frozen=True)
class Statement:
    """One statement of an issuer, by its number in the issuer's trust log."""

    message: Message
    number: int
    previous: bytes | None

    @property
    def hash(self) -> bytes:
        return self.message.suite.digest(STATEMENT, self.message.payload)


@dataclass(frozen=True)
class Certificate(Statement):
    """Who a node is and where it sits; `consent` is the rotation that asked for this key."""

    node: bytes
    code: str
    level: int
    parent: str
    suite: Suite
    key: bytes
    consent: bytes | None

    @property
    def key_id(self) -> bytes:
        return self.suite.key_id(self.key)

    @property
    def seat(self) -> str:
        """The seat as people read it."""
        return f"{self.code} {LEVEL_NAMES.get(self.level, f'level {self.level}')}"

    @property
    def has_root_shape(self) -> bool:
        return (self.number, self.code, self.level, self.parent, self.consent) == (0, "", 0, "", None)

    def states_seat_of(self, other: "Certificate") -> bool:
        return (self.code, self.level, self.parent) == (other.code, other.level, other.parent)


@dataclass(frozen=True)
class Revocation(Statement):
    """Takes a key away from its node, and says which chains of what it signed stay."""

    key: bytes
    statements: End
    logs: tuple[tuple[Log, End], ...]
    reason: str

    def admits(self, statement: Statement) -> bool:
        """Whether the key's statement lies on the chain that stays."""
        last = statement.number == self.statements.next - 1
        return statement.number < self.statements.next and (not last or statement.hash == self.statements.hash)

    def end_of(self, log: Log) -> End:
        """How far the key's seals of a log stay; those of a log that is not listed do not."""
        return next((end for listed, end in self.logs if listed.raw == log.raw), End(0, None))


def read_statement(raw: bytes) -> Statement:
    """Message and shape, then the suite of the key in it, then that key (section 6.4)."""
    message = read_message(raw, "statement")
    reader = cbor.Reader(message.payload, "statement")
    count, kind = reader.array(), reader.unsigned()
    if kind not in _READINGS:
        raise Refusal("unsupported-type", f"a trust statement of kind {kind}")
    size, read = _READINGS[kind]
    if count != size:
        raise reader.refuse(f"an array has {count} items")
    number, previous = reader.unsigned(), reader.octets_or_null(32)
    return read(reader, message, number, previous)


def _check_previous(number: int, previous: bytes | None) -> None:
    if (previous is None) != (number == 0):
        raise Refusal("chain-broken", "only the first statement of an issuer has no predecessor")


def _read_certificate(reader: cbor.Reader, message: Message, number: int, previous: bytes | None) -> Certificate:
    node, code, level, parent = reader.octets(16), reader.text(), reader.unsigned(), reader.text()
    if level > 9:
        raise reader.refuse(f"level {level}")
    suite_number, key = reader.unsigned(), reader.octets()
    consent = None if reader.null() else reader.octets()
    reader.end()
    _check_previous(number, previous)
    suite = suite_numbered(suite_number)
    suite.check_key(key)
    return Certificate(message, number, previous, node, code, level, parent, suite, key, consent)


def _read_revocation(reader: cbor.Reader, message: Message, number: int, previous: bytes | None) -> Revocation:
    key, statements = reader.octets(16), _read_end(reader)
    logs = tuple(_read_listed(reader) for _ in range(reader.array(most=MOST_LOGS)))
    reason = reader.text()
    reader.end()
    ids = [log.raw for log, _ in logs]
    if any(left >= right for left, right in zip(ids, ids[1:])):
        raise reader.refuse("logs are not ascending")
    if len(reason.encode()) > REASON_LIMIT:
        raise reader.refuse(f"a reason of more than {REASON_LIMIT} bytes")
    _check_previous(number, previous)
    return Revocation(message, number, previous, key, statements, logs, reason)


def _read_listed(reader: cbor.Reader) -> tuple[Log, End]:
    reader.array(3)
    return read_log(reader), _read_end(reader)


def _read_end(reader: cbor.Reader) -> End:
    end = End(reader.unsigned(), reader.octets_or_null(32))
    if not end.is_whole:
        raise reader.refuse("a hash is null exactly at position 0")
    return end


_READINGS = {CERTIFICATE: (10, _read_certificate), REVOCATION: (8, _read_revocation)}
