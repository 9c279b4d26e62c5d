"""Keys, certificates and their admission: sections 6.1, 6.2 and 6.4; and messages of section 5."""

import pytest

from bangfu_verify.cose import read_message
from bangfu_verify.refusal import Refusal
from bangfu_verify.suites import Suite1
from bangfu_verify.trust import Trust
from conftest import trust_of
from writing import FEDERATION, Node, encode, sign

PRIME = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
ORDER_EIGHT = ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
               "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"]


@pytest.fixture
def trust(scene) -> Trust:
    return trust_of(scene)


def refused(code, act, *arguments):
    with pytest.raises(Refusal) as refusal:
        act(*arguments)
    assert refusal.value.code == code, str(refusal.value)


def test_the_same_certificate_again_changes_nothing(trust, scene):
    assert trust.admit(scene.city.certificate()).node == scene.city.id
    assert len(trust) == 5


def test_the_path_above_is_the_chain_of_issuing_keys(trust, scene):
    # The root is no seat.
    assert [seat.code for seat in trust.path_above(scene.county.id)] == ["320500", "320000", "000000"]
    assert trust.is_below(scene.county.id, scene.nation.id) and not trust.is_below(scene.nation.id, scene.county.id)


def test_a_node_may_get_a_new_key_on_its_own_seat(trust, scene):
    newer = Node(9, "320506", 3, scene.city)
    trust.admit(newer.certificate(node=scene.county.id))
    assert trust.certificate_of_node(scene.county.id).key == newer.key
    assert trust.certificate_of_key(scene.county.key_id).key == scene.county.key


@pytest.mark.parametrize("changes, code", [
    ({"level": 1}, "not-entitled"), ({"parent": "000000"}, "not-entitled"), ({"parent": ""}, "not-entitled"),
    ({"level": 10}, "malformed"), ({"node": bytes(15)}, "malformed"), ({"suite": 7}, "unsupported-suite"),
    ({"code": 320599}, "malformed"), ({"key": bytes(31)}, "weak-key"),
])
def test_other_certificates_are_refused(trust, scene, changes, code):
    refused(code, trust.admit, Node(9, "320599", 3, scene.city).certificate(**changes))


def test_admission_refuses_what_its_steps_name(trust, scene):
    stranger = Node(9, "320599", 3, scene.city)
    refused("unknown-key", trust.admit, Node(8, "320598", 3, stranger).certificate())
    refused("not-entitled", trust.admit, stranger.certificate(key=scene.county.key))
    refused("not-entitled", trust.admit, stranger.certificate(node=scene.county.id))
    refused("not-entitled", trust.admit, Node(9, "320506", 3, scene.city).certificate(node=scene.province.id))
    other_city = Node(8, "320500", 2, scene.province)
    trust.admit(other_city.certificate())
    # The scene's city has no second statement, so this one's first is at the number awaited.
    refused("not-entitled", trust.admit, Node(9, "320506", 3, other_city).certificate(node=scene.county.id))
    altered = stranger.certificate()
    refused("bad-signature", trust.admit, altered[:-1] + bytes([altered[-1] ^ 1]))
    fields = [1, *scene.city.next_place, stranger.id, "320599", 3, "320500", 1, stranger.key, None]
    wrong_purpose = sign(scene.city, "seal", fields)
    refused("bad-signature", trust.admit, wrong_purpose)


def test_a_root_stands_above_all_and_signs_itself(scene):
    admit = lambda raw: Trust(FEDERATION).admit(raw)
    for changes in ({"level": 1}, {"parent": "1"}, {"code": "000000"}, {"consent": b""},
                    {"number": 1, "previous": bytes(32)}):
        refused("not-entitled", admit, scene.root.certificate(**changes))
    refused("not-entitled", admit, scene.root.revocation(scene.root.key_id, number=0, previous=None))
    refused("unknown-key", admit, scene.root.certificate(key=scene.city.key))
    refused("bad-signature", Trust(bytes(16)).admit, scene.root.certificate())


@pytest.mark.parametrize("code, level, parent", [("330000", 1, "000000"), ("330000", 1, ""), ("", 0, ""), ("", 1, ""),
                                                 ("000000", 0, "000000")])
def test_the_root_certifies_the_national_seat_and_nothing_else(trust, scene, code, level, parent):
    other = Node(9, code, level, scene.root)
    refused("not-entitled", trust.admit, other.certificate(parent=parent))
    trust.admit(Node(9, "000000", 0, scene.root).certificate(parent=""))


@pytest.mark.parametrize("sign_bit", [0, 1])
@pytest.mark.parametrize("y", [0, 1, PRIME - 1, PRIME, PRIME + 1, 2**255 - 1,
                               *[int.from_bytes(bytes.fromhex(text), "little") for text in ORDER_EIGHT]])
def test_weak_keys_are_refused(trust, scene, y, sign_bit):
    key = (y | sign_bit << 255).to_bytes(32, "little")
    refused("weak-key", trust.admit, Node(9, "320599", 3, scene.city).certificate(key=key))


def test_a_signature_has_one_form(scene):
    message = b"statement"
    signature = scene.city.private.sign(message)
    assert Suite1().fits(scene.city.key, message, signature)
    larger = (int.from_bytes(signature[32:], "little") + GROUP_ORDER).to_bytes(32, "little")
    assert not Suite1().fits(scene.city.key, message, signature[:32] + larger)
    assert not Suite1().fits(scene.city.key, message, signature + b"\x00")


@pytest.mark.parametrize("change, code", [
    (lambda raw: raw[1:], "malformed"), (lambda raw: b"\xd3" + raw[1:], "malformed"),
    (lambda raw: raw + b"\x00", "malformed"),
    (lambda raw: raw.replace(b"\xa0", b"\xa1\x01\x01", 1), "malformed"), (lambda raw: raw[:-1], "malformed"),
    (lambda raw: raw.replace(bytes.fromhex("a2012704"), bytes.fromhex("a2012604"), 1), "unsupported-suite"),
    (lambda raw: raw.replace(bytes.fromhex("a2012704"), bytes.fromhex("a2012705"), 1), "malformed"),
    (lambda raw: raw + bytes(16384), "too-large"),
], ids=range(8))
def test_a_message_has_one_shape(scene, change, code):
    refused(code, read_message, change(sign(scene.city, "receipt", [1])), "receipt")


def test_a_key_is_unknown_under_the_algorithm_of_another_suite(trust, scene):
    stranger = Node(9, "320599", 3, scene.city)
    payload = [1, *scene.city.next_place, stranger.id, "320599", 3, "320500", 1, stranger.key, None]
    refused("unknown-key", trust.admit, sign(scene.city, "cert", payload, algorithm=-65537))
    root = [1, 0, None, scene.root.id, "", 0, "", 1, scene.root.key, None]
    refused("unknown-key", Trust(FEDERATION).admit, sign(scene.root, "cert", root, algorithm=-65537))
    refused("unsupported-suite", read_message, sign(scene.city, "receipt", [1], algorithm=-65536), "receipt")


def test_a_message_begins_as_the_document_says(scene):
    begin = bytes.fromhex("d28455a201270450") + scene.city.key_id + b"\xa0"
    assert sign(scene.city, "receipt", encode([1])).startswith(begin)
