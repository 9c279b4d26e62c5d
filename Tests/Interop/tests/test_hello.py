"""Receipts, hello and sealed line beyond the vectors: sections 14 and 15."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bangfu_verify.hello import Line, verify_answer, verify_question
from bangfu_verify.receipt import verify_receipt
from bangfu_verify.refusal import Refusal
from bangfu_verify.suites import suite_numbered
from bangfu_verify.trust import Trust
from conftest import trust_of
from scene import Scene
from writing import UP, Node, sign

NONCE = bytes(range(32))


@pytest.fixture(scope="module")
def trust(scene) -> Trust:
    return trust_of(scene)


def half(node, peer, nonce=NONCE, transcript=None, signer=None, node_id=None, key=None, up=(), down=(),
         thread=None) -> bytes:
    key = key or X25519PrivateKey.from_private_bytes(bytes([node.number]) * 32).public_key().public_bytes_raw()
    return sign(signer or node, "hello", [node_id or node.id, node.incarnation, peer.id, nonce, key, list(up), list(down), b"\x05" * 32,
                                          thread, transcript])


def refused(code, act, *arguments):
    with pytest.raises(Refusal) as refusal:
        act(*arguments)
    assert refusal.value.code == code, str(refusal.value)


def test_a_question_is_signed_by_its_node_for_its_reader(trust, scene):
    county, city = scene.county, scene.city
    ask = lambda raw: verify_question(raw, trust, city.id, NONCE)
    assert ask(half(county, city)).node == county.id
    refused("unknown-key", ask, half(county, city, signer=Node(9, "320599", 3, city)))
    refused("not-entitled", ask, half(county, city, signer=city))
    refused("wrong-receiver", ask, half(county, scene.province))
    refused("bad-signature", ask, half(county, city, nonce=bytes(32)))
    refused("bad-signature", ask, half(county, city, transcript=bytes(32)))
    refused("malformed", ask, sign(county, "hello", [county.id]))
    refused("bad-signature", ask, sign(county, "receipt", [county.id]))


def test_an_answer_belongs_to_its_question(trust, scene):
    import hashlib
    county, city = scene.county, scene.city
    raw = half(county, city)
    question = verify_question(raw, trust, city.id, NONCE)
    transcript = hashlib.sha256(raw).digest()
    answer = lambda message: verify_answer(message, trust, question)
    assert answer(half(city, county, transcript=transcript)).node == city.id
    refused("bad-signature", answer, half(city, county))
    refused("bad-signature", answer, half(city, county, transcript=transcript, nonce=bytes(32)))
    refused("bad-signature", answer, half(scene.province, county, transcript=transcript))
    refused("wrong-receiver", answer, half(city, scene.province, transcript=transcript))


def test_a_session_has_suite_2_when_either_end_has(every_scene):
    county, city = every_scene.county, every_scene.city
    trust = trust_of(every_scene)
    session = suite_numbered(max(county.suite, city.suite))
    key = session.exchange_key(bytes([7]) * 32)
    other = suite_numbered(3 - session.number).exchange_key(bytes([7]) * 32)
    for asker, answerer in ((county, city), (city, county)):
        ask = lambda raw: verify_question(raw, trust, answerer.id, NONCE)
        raw = half(asker, answerer, key=key)
        question = ask(raw)
        assert question.session is session
        refused("malformed", ask, half(asker, answerer, key=other))
        transcript = session.plain_digest(raw)
        answer = verify_answer(half(answerer, asker, transcript=transcript, key=key), trust, question)
        assert len(Line(bytes([7]) * 32, key, question, answer).keys[1]) == session.sealing_key_size
        refused("malformed", verify_answer, half(answerer, asker, transcript=transcript, key=other), trust, question)


LIFE = bytes(8)


@pytest.mark.parametrize("changes, code", [
    ({"up": [[LIFE, 0, None]] * 2}, "malformed"),
    ({"down": [[LIFE, 0, None], [bytes([1]) * 8, 3, bytes(32)], [LIFE, 1, bytes(32)]]}, "malformed"),
    ({"up": [[bytes(7) + bytes([life]), 0, None] for life in range(17)]}, "malformed"), ({"up": [[LIFE, 0]]}, "malformed"),
    ({"up": [[bytes(7), 0, None]]}, "malformed"), ({"down": [[LIFE, 0, bytes(31)]]}, "malformed"),
    ({"thread": [LIFE, 3, bytes(31)]}, "malformed"), ({"thread": [3, bytes(32)]}, "malformed"),
    ({"thread": [LIFE, None, bytes(32)]}, "malformed"), ({"thread": [bytes(7), 3, bytes(32)]}, "malformed"),
    ({"up": [[LIFE, 0, None]], "down": [[LIFE, 7, bytes(32)]], "thread": [LIFE, 3, bytes(32)]}, None),
    ({"up": [[bytes(7) + bytes([life]), 0, None] for life in range(16)]}, None),
], ids=range(12))
def test_lives_and_thread_have_one_shape(trust, scene, changes, code):
    raw = half(scene.county, scene.city, **changes)
    if code:
        refused(code, verify_question, raw, trust, scene.city.id, NONCE)
    else:
        hello = verify_question(raw, trust, scene.city.id, NONCE)
        assert [life.end.next for life in hello.down] == [life[1] for life in changes.get("down", [])]


def test_an_answer_has_no_thread(trust, scene):
    import hashlib
    raw = half(scene.county, scene.city)
    question = verify_question(raw, trust, scene.city.id, NONCE)
    answer = half(scene.city, scene.county, transcript=hashlib.sha256(raw).digest(), thread=[LIFE, 1, bytes(32)])
    refused("malformed", verify_answer, answer, trust, question)


def test_only_a_current_key_says_hello_and_gives_receipts():
    scene = Scene()
    county, city = scene.county, scene.city
    trust, newer = trust_of(scene), county.with_key(6)
    trust.admit(newer.enter())
    ask = lambda node: verify_question(half(node, city), trust, city.id, NONCE)
    log = [city.id, city.incarnation, 2, county.id]
    receipt = lambda node: verify_receipt(sign(node, "receipt", [county.id, log, 0, None, 0, 0, 1]), trust, county.id)
    for act in (ask, receipt):
        refused("retired-key", act, county)
        act(newer)
    trust.admit(city.revoke(newer.key_id))
    for act in (ask, receipt):
        refused("revoked", act, newer)


@pytest.mark.parametrize("key", [bytes(32), b"\x01" + bytes(31)])
def test_an_exchange_without_secret_is_refused(trust, scene, key):
    question = verify_question(half(scene.county, scene.city), trust, scene.city.id, NONCE)
    refused("weak-key", Line, bytes([7]) * 32, key, question, question)


def test_a_receipt_is_its_issuers_and_its_peers(trust, scene):
    log = [scene.county.id, scene.county.incarnation, UP, scene.city.id]
    payload = [scene.city.id, log, 0, None, 0, 0, 1]
    read = lambda raw, peer=scene.city: verify_receipt(raw, trust, peer.id)
    assert read(sign(scene.city, "receipt", payload)).number == 1
    refused("not-entitled", read, sign(scene.province, "receipt", payload))
    refused("not-entitled", read, sign(scene.city, "receipt", payload), scene.province)
    refused("malformed", read, sign(scene.city, "receipt", payload[:-1]))
    refused("bad-signature", read, sign(scene.city, "receipt", payload, federation=bytes(16)))
    refused("unknown-key", read, sign(Node(9, "320599", 3, scene.city), "receipt", payload))
