"""Trust logs, revocations and rotations: sections 6.2 to 6.5."""

import itertools

import pytest

from bangfu_verify.cose import read_message
from bangfu_verify.refusal import Refusal
from bangfu_verify.seal import check_seal, read_seal
from bangfu_verify.trust import Trust
from conftest import trust_of
from scene import RECORD, Scene, report
from writing import UP, Node, digest, rotation, sign


@pytest.fixture
def trust(scene) -> Trust:
    return trust_of(scene)


def refused(code, act, *arguments):
    with pytest.raises(Refusal) as refusal:
        act(*arguments)
    assert refusal.value.code == code, str(refusal.value)


def admitted(scene, more) -> Trust:
    trust = trust_of(scene)
    for raw in more:
        trust.admit(raw)
    return trust


def test_statements_of_an_issuer_follow_each_other(trust, scene):
    stranger, last = Node(9, "320599", 3, scene.city), scene.city.next_place[1]
    refused("position", trust.admit, stranger.certificate(number=2))
    refused("fork", trust.admit, stranger.certificate(number=0, previous=None))
    refused("chain-broken", trust.admit, stranger.certificate(previous=bytes(32)))
    refused("chain-broken", trust.admit, stranger.certificate(previous=None))
    refused("chain-broken", trust.admit, stranger.certificate(number=0, previous=last))
    trust.admit(stranger.certificate())


def test_a_statement_is_the_same_under_another_signature(every_scene):
    """SM2 allows many signatures of one statement."""
    trust, county = trust_of(every_scene), every_scene.county
    held = trust.certificate_of_node(county.id)
    payload = read_message(county.certificate(), "statement").payload
    again = sign(every_scene.city, "cert", payload)
    assert trust.admit(again) is held
    refused("bad-signature", trust.admit, again[:-1] + bytes([again[-1] ^ 1]))


@pytest.mark.parametrize("payload, code", [
    ([3, 1], "unsupported-type"), ([0], "unsupported-type"), ([], "malformed"), (["1"], "malformed"), ([1], "malformed"),
    ([2, 1, bytes(32)], "malformed"), ({1: 1}, "malformed"),
], ids=range(7))
def test_kinds_and_shapes_that_are_not_known_are_refused(trust, scene, payload, code):
    refused(code, trust.admit, sign(scene.city, "cert", payload))


def test_what_a_key_did_before_its_revocation_stays(fresh):
    city, county, stranger = fresh.city, fresh.county, Node(9, "320599", 3, fresh.city)
    newer = city.with_key(6)
    before = stranger.enter()
    rest = Node(8, "320598", 3, city).enter()
    bound = (2, digest(0x05, read_message(before, "").payload, suite=city.suite))
    revoked = fresh.province.revoke(city.key_id, bound)
    renewed = newer.enter()
    trust = admitted(fresh, [before, revoked, renewed])
    refused("revoked", trust.admit, rest)
    assert trust.certificate_of_node(stranger.id).number == 1
    # The new key goes on where the chain of the old one was cut.
    del city.issued[2:]
    trust.admit(Node(7, "320597", 3, newer).certificate())
    refused("revoked", trust.current_signer, read_message(sign(city, "cover", [1]), "cover"))
    assert trust.current_signer(read_message(sign(newer, "cover", [1]), "cover")).number == 2
    assert [seat.code for seat in trust.path_above(county.id)] == ["320500", "320000", "000000"]


def test_the_order_of_arrival_makes_no_difference(fresh):
    """Three trust logs: the province's takes the city's key away, so one of the city's falls, and all below it."""
    city = fresh.city
    fallen = Node(9, "320599", 3, city)
    logs = [[fresh.province.revoke(city.key_id, city.next_place)], [fallen.enter()],
            [Node(8, "320599", 4, fallen).enter(), fallen.revoke(Node(8, "320599", 4, fallen).key_id)]]
    outcomes = set()
    for order in itertools.permutations(range(3)):
        trust = trust_of(fresh)
        for index in order:
            for raw in logs[index]:
                try:
                    trust.admit(raw)
                except Refusal as refusal:
                    assert refusal.code in ("revoked", "unknown-key")
        outcomes.add(len(trust))
        refused("unknown-key", trust.certificate_of_node, fallen.id)
        assert trust.revocation_of(fallen.key_id) is None
    assert outcomes == {6}


def test_the_end_of_a_bounded_trust_log_has_the_hash_given(fresh):
    city = fresh.city
    other = fresh.province.revocation(city.key_id, (1, bytes(32)))
    trust = admitted(fresh, [other])
    # The county's certificate is not the statement that the province saw.
    refused("unknown-key", trust.certificate_of_node, fresh.county.id)


def test_a_revocation_is_the_issuers(trust, scene):
    log = [scene.county.id, scene.county.incarnation, UP, scene.city.id]
    refused("not-entitled", trust.admit, scene.province.revocation(scene.county.key_id))
    refused("not-entitled", trust.admit, scene.county.revocation(scene.county.key_id))
    refused("not-entitled", trust.admit, scene.root.revocation(scene.root.key_id))
    refused("not-entitled", trust.admit, scene.city.revocation(bytes(16)))
    foreign = [scene.city.id, scene.city.incarnation, UP, scene.province.id]
    refused("not-entitled", trust.admit, scene.city.revocation(scene.county.key_id, logs=[(foreign, 0, None)]))
    assert trust.revocation_of(scene.county.key_id) is None
    trust.admit(scene.city.revocation(scene.county.key_id, logs=[(log, 0, None)]))
    assert trust.revocation_of(scene.county.key_id).logs[0][1].next == 0


def log_id(life: int = 0, direction: int = UP) -> list:
    return [bytes(16), bytes(7) + bytes([life]), direction, bytes(16)]


@pytest.mark.parametrize("changes", [
    {"bound": (1, None)}, {"bound": (0, bytes(32))}, {"key": bytes(15)}, {"reason": "钥" * 334}, {"reason": None},
    {"logs": [(log_id(), 1, None)]}, {"logs": [(log_id(), 0, bytes(32))]}, {"logs": [(log_id(), 0, None)] * 2},
    {"logs": [(log_id(direction=4), 0, None)]}, {"logs": [(log_id(life), 0, None) for life in range(65)]},
], ids=range(10))
def test_a_revocation_has_one_shape(trust, scene, changes):
    refused("malformed", trust.admit, scene.city.revocation(**{"key": scene.county.key_id, **changes}))


def test_the_first_of_several_revocations_takes_effect(fresh):
    key = fresh.county.key_id
    log = fresh.county.log(UP, fresh.city)
    first = fresh.city.revoke(key, logs=[(log.id, 0, None)])
    trust = admitted(fresh, [first, fresh.city.revoke(key)])
    assert len(trust.revocation_of(key).logs) == 1


def test_seals_up_to_the_bound_are_admitted(fresh):
    county, city = fresh.county, fresh.city
    log = county.log(UP, city)
    runs = [log.seal([report(RECORD, 1)]) for _ in range(3)]
    trust = admitted(fresh, [city.revoke(county.key_id, logs=[(log.id, 2, runs[1].hash)])])
    check = lambda run: check_seal(read_seal(run.seal), trust)
    check(runs[0])
    check(runs[1])
    refused("revoked", check, runs[2])
    branch = county.log(UP, city)
    refused("revoked", check, branch.seal([report(RECORD, 1), report(RECORD, 2)]))
    refused("revoked", check, branch.seal([report(RECORD, 3)]))
    refused("revoked", check, county.in_life(7).log(UP, city).seal([report(RECORD, 1)]))
    check_seal(read_seal(runs[2].seal), trust, bounded=False)


def test_only_the_current_key_covers(fresh):
    county = fresh.county
    newer = county.with_key(6)
    message = lambda node: read_message(sign(node, "cover", [1]), "cover")
    trust = admitted(fresh, [newer.enter(consent=rotation(county, newer))])
    refused("retired-key", trust.current_signer, message(county))
    assert trust.current_signer(message(newer)).number == 1
    trust.admit(fresh.city.revoke(newer.key_id))
    refused("revoked", trust.current_signer, message(newer))
    # An earlier key does not come back.
    refused("retired-key", trust.current_signer, message(county))


def consents(county: Node, newer: Node, city: Node):
    """What is no consent to the key of `newer`, by name."""
    fields = [county.id, county.key_id, newer.suite, newer.key]
    other = county.with_key(7)
    yield "by another node", sign(city, "rotate", sign(newer, "rotate", fields))
    yield "by the new key alone", sign(newer, "rotate", sign(newer, "rotate", fields))
    yield "without the new key", sign(county, "rotate", sign(county, "rotate", fields))
    yield "another purpose outside", sign(county, "cert", sign(newer, "rotate", fields))
    yield "another purpose inside", sign(county, "rotate", sign(newer, "cert", fields))
    yield "another federation", sign(county, "rotate", sign(newer, "rotate", fields, federation=bytes(16)))
    yield "to another key", rotation(county, other)
    yield "for another node", rotation(county, newer, node=city.id)
    yield "from another key", rotation(county, newer, present_key=city.key_id)
    yield "of another suite", rotation(county, newer, suite=3 - newer.suite)
    yield "no message", b"\x01"
    yield "another shape", sign(county, "rotate", sign(newer, "rotate", fields[:-1]))


def test_a_consent_is_by_both_keys(every_scene):
    county, city = every_scene.county, every_scene.city
    newer = county.with_key(6)
    for name, consent in consents(county, newer, city):
        with pytest.raises(Refusal, match="bad-signature"):
            trust_of(every_scene).admit(newer.certificate(consent=consent))
            pytest.fail(name)
    trust_of(every_scene).admit(newer.certificate(consent=rotation(county, newer)))
    stranger = Node(9, "320599", 3, city, county.suite)
    refused("bad-signature", trust_of(every_scene).admit, stranger.certificate(consent=rotation(county, newer)))


def test_a_new_key_keeps_the_suite_of_the_one_that_consents():
    scene = Scene()
    newer = Node(6, "320506", 3, scene.city, suite=2)
    newer.id = scene.county.id
    refused("bad-signature", trust_of(scene).admit, newer.certificate(consent=rotation(scene.county, newer)))
    # A lost key consents to nothing.
    trust_of(scene).admit(newer.certificate())


def test_a_rotation_is_by_the_current_key(fresh):
    county = fresh.county
    newer, newest = county.with_key(6), county.with_key(7)
    trust = trust_of(fresh)
    assert trust.check_rotation(rotation(county, newer)).key == newer.key
    trust.admit(newer.enter(consent=rotation(county, newer)))
    refused("retired-key", trust.check_rotation, rotation(county, newest))
    assert trust.check_rotation(rotation(newer, newest)).present_key == newer.key_id
    refused("unknown-key", trust.check_rotation, rotation(newest, county))
