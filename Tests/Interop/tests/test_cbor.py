"""The CBOR profile of section 3.2, the values of sections of 3.3, and their limits of 17."""

import cbor2
import pytest

from bangfu_verify import cbor
from bangfu_verify.refusal import Refusal
from bangfu_verify.section import ITEM_LIMIT, STRING_LIMIT, read_section
from writing import encode

PROFILE = [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1, -1, -24, -25, -2**63, b"", b"\x00" * 300, "",
           "困难", [], [1, [2, [3]]], {}, {1: 2, 24: b"", 256: [None, True, False]}, {"a": 1}, cbor2.CBORTag(5, [1])]

OUTSIDE = {
    "a long head": "1817", "two bytes for one": "190018", "four for two": "1a0000ffff",
    "eight for four": "1b00000000ffffffff",
    "a long length": "580161", "a reserved head": "1c", "an indefinite array": "9f01ff", "indefinite bytes": "5f4101ff",
    "a break": "ff", "undefined": "f7", "a half float": "f93c00", "a double": "fb3ff0000000000000", "simple 16": "f0",
    "simple 24 in two bytes": "f818", "not UTF-8": "61ff", "a surrogate": "63eda080", "keys not ascending": "a202000100",
    "a key twice": "a201000100", "longer text key first": "a262616100616200",
    "a cut head": "19", "cut bytes": "4201",
    "a huge count": "9bffffffffffffffff", "a huge map": "bbffffffffffffffff", "a tag of nothing": "c1", "nothing": "",
}


@pytest.mark.parametrize("value", PROFILE, ids=repr)
def test_canonical_items_are_walked_whole(value):
    reader = cbor.Reader(encode(value), "item")
    assert reader.skip() == encode(value)
    reader.end()


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_the_profile_excludes_is_malformed(name):
    with pytest.raises(Refusal, match="malformed"):
        cbor.Reader(bytes.fromhex(OUTSIDE[name]), "item").skip()


def test_bytes_after_the_end_are_malformed():
    reader = cbor.Reader(b"\x01\x01", "item")
    reader.skip()
    with pytest.raises(Refusal, match="malformed"):
        reader.end()


def test_depth_costs_no_stack():
    deep = b"\x81" * 200_000 + b"\x01"
    assert cbor.Reader(deep, "item").skip() == deep


@pytest.mark.parametrize("argument", [0, 23, 24, 255, 256, 65535, 65536, 2**32, 2**64 - 1])
def test_written_heads_are_the_shortest(argument):
    assert cbor.head(cbor.UNSIGNED, argument) == encode(argument)


def nested(depth: int) -> bytes:
    """A section whose innermost integer is inside `depth` arrays and maps, its own map counted."""
    value = 1
    for _ in range(depth - 1):
        value = [value]
    return encode({1: value})


def test_sections_are_read_as_a_common_library_reads_them():
    fields = {0: -2**63, 1: 2**63 - 1, 2: "街", 3: b"\x00" * STRING_LIMIT, 4: [True, False, None], 300: {7: {8: []}}}
    assert read_section(encode(fields)) == fields == cbor2.loads(encode(fields))
    assert read_section(nested(16)) == cbor2.loads(nested(16))


@pytest.mark.parametrize("section, code", [
    (encode([1]), "malformed"), (encode({"a": 1}), "malformed"), (encode({-1: 1}), "malformed"),
    (encode({1: cbor2.CBORTag(0, "x")}), "malformed"), (encode({1: {"a": 1}}), "malformed"),
    (b"\xa2\x01\x00\x01\x00", "malformed"),
    (encode({1: 1}) + b"\x00", "malformed"), (b"", "malformed"), (encode({1: 2**63}), "too-large"),
    (encode({1: -2**63 - 1}), "too-large"), (encode({1: "a" * (STRING_LIMIT + 1)}), "too-large"),
    (encode({1: b"a" * (STRING_LIMIT + 1)}), "too-large"), (encode({1: [0] * (ITEM_LIMIT + 1)}), "too-large"),
    (nested(17), "too-large"),
], ids=range(14))
def test_other_sections_are_refused(section, code):
    with pytest.raises(Refusal) as refusal:
        read_section(section)
    assert refusal.value.code == code
