"""The values in sections: sections 3.3 and 17. No signature depends on them; a reader of records does."""

from . import cbor
from .refusal import Refusal

NESTING = 16
STRING_LIMIT = 65_536
ITEM_LIMIT = 65_536

Value = int | bytes | str | bool | None | list | dict


def read_section(raw: bytes) -> dict[int, Value]:
    """The fields of a section by their tags."""
    reader = cbor.Reader(raw, "section")
    if reader.next_major() != cbor.MAP:
        raise reader.refuse("a map of fields is expected")
    fields = _value(reader, 0)
    reader.end()
    return fields


def _value(reader: cbor.Reader, depth: int) -> Value:
    if depth > NESTING:
        raise Refusal("too-large", f"section: nested deeper than {NESTING}")
    match reader.next_major():
        case cbor.UNSIGNED | cbor.NEGATIVE:
            return _integer(reader)
        case cbor.BYTES:
            return _string(reader.octets())
        case cbor.TEXT:
            text = reader.text()
            _string(text.encode())
            return text
        case cbor.ARRAY:
            count = _items(reader.array())
            return [_value(reader, depth + 1) for _ in range(count)]
        case cbor.MAP:
            return _map(reader, depth)
        case cbor.SIMPLE:
            return {cbor.FALSE: False, cbor.TRUE: True, cbor.NULL: None}[reader.head()[1]]
        case _:
            raise reader.refuse("a tag")


def _map(reader: cbor.Reader, depth: int) -> dict[int, Value]:
    fields: dict[int, Value] = {}
    last = -1
    for _ in range(_items(reader.map())):
        key = reader.unsigned()
        if key <= last:
            raise reader.refuse("map keys are not ascending")
        last = key
        fields[key] = _value(reader, depth + 1)
    return fields


def _integer(reader: cbor.Reader) -> int:
    value = reader.integer()
    if not -2**63 <= value < 2**63:
        raise Refusal("too-large", "section: an integer beyond 64 signed bits")
    return value


def _string(value: bytes) -> bytes:
    if len(value) > STRING_LIMIT:
        raise Refusal("too-large", f"section: a string of {len(value)} bytes")
    return value


def _items(count: int) -> int:
    if count > ITEM_LIMIT:
        raise Refusal("too-large", f"section: {count} items")
    return count
