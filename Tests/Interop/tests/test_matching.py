"""The sealed number beyond the vectors: section 7.5."""

import pytest

from bangfu_verify.refusal import Refusal
from bangfu_verify.vector_refusals import matching_key
from writing import encode


@pytest.fixture
def sealed(vectors):
    """The vector as a function of changed fields, record and salt."""
    stated = vectors.load("match")
    key = matching_key(vectors, stated)
    fields = {1: key.name, 2: bytes.fromhex(stated["ephemeralKey"]), 3: bytes.fromhex(stated["sealed"])}

    def open_with(record=bytes.fromhex(stated["record"]), salt=bytes.fromhex(stated["salt"]), changes={}):
        kept = {tag: value for tag, value in {**fields, **changes}.items() if value is not None}
        return key.open(encode(kept), record, salt)
    return open_with


def test_a_number_opens_for_its_record_and_salt_alone(sealed):
    assert sealed() == "11010519491231002X"
    for wrong in ({"record": bytes(16)}, {"salt": bytes(16)}, {"changes": {3: bytes(25)}}):
        with pytest.raises(Refusal, match="bad-signature"):
            sealed(**wrong)


def test_fields_that_are_not_known_are_left_alone(sealed):
    assert sealed(changes={9: "later"}) == "11010519491231002X"


@pytest.mark.parametrize("changes, code", [
    ({1: None}, "malformed"), ({2: None}, "malformed"), ({3: None}, "malformed"), ({1: "name"}, "malformed"),
    ({1: bytes(15)}, "malformed"), ({3: bytes(24)}, "malformed"), ({3: bytes(26)}, "malformed"),
    ({1: bytes(16)}, "unknown-key"), ({1: bytes(16), 2: b""}, "unknown-key"), ({2: bytes(32)}, "weak-key"),
    ({2: bytes(33)}, "weak-key"), ({2: b""}, "weak-key"),
], ids=range(12))
def test_other_sections_are_refused(sealed, changes, code):
    with pytest.raises(Refusal) as refusal:
        sealed(changes=changes)
    assert refusal.value.code == code


def test_no_bit_of_a_sealed_number_may_change(vectors):
    stated = vectors.load("match")
    key, raw = matching_key(vectors, stated), bytes.fromhex(stated["bytes"])
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << (bit % 8)
        # X25519 does not look at the upper bit of a key, but the key itself enters the derivation.
        with pytest.raises(Refusal):
            key.open(bytes(changed), bytes.fromhex(stated["record"]), bytes.fromhex(stated["salt"]))
