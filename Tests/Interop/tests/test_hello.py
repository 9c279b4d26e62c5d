"""Receipts, hello and sealed line beyond the vectors: sections 14 and 15."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bangfu_verify.hello import Line, verify_answer, verify_question
from bangfu_verify.receipt import verify_receipt
from bangfu_verify.refusal import Refusal
from bangfu_verify.trust import Trust
from writing import FEDERATION, UP, Node, sign

NONCE = bytes(range(32))


@pytest.fixture(scope="module")
def trust(scene) -> Trust:
    trust = Trust(FEDERATION)
    for node in scene.nodes:
        trust.admit(node.certificate())
    return trust


def half(node, peer, nonce=NONCE, transcript=None, signer=None, node_id=None) -> bytes:
    key = X25519PrivateKey.from_private_bytes(bytes([node.number]) * 32).public_key().public_bytes_raw()
    return sign(signer or node, "hello", [node_id or node.id, node.incarnation, peer.id, nonce, key, [0, None, 0, None], 1,
                                          transcript])


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


def test_an_answer_belongs_to_its_question(trust, scene, vectors):
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


@pytest.mark.parametrize("key", [bytes(32), b"\x01" + bytes(31)])
def test_an_exchange_without_secret_is_refused(trust, scene, key):
    question = verify_question(half(scene.county, scene.city), trust, scene.city.id, NONCE)
    refused("cryptography", Line, bytes([7]) * 32, key, question, question)


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
