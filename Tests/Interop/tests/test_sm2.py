"""SM2 beyond the vectors: section 4.4."""

import pytest

from bangfu_verify import sm2
from bangfu_verify.cose import read_message, signed_bytes
from bangfu_verify.refusal import Refusal
from bangfu_verify.vector_folder import Vectors
from conftest import VECTORS
from sm2_signing import G, N, P, Sm2PrivateKey, octets, times


@pytest.fixture(scope="module")
def private() -> Sm2PrivateKey:
    return Sm2PrivateKey(bytes([3]) * 32)


def test_a_signature_of_other_code_fits_and_that_of_another_message_does_not(private):
    key = sm2.read_point(private.public)
    assert key == private.point and sm2.compressed(key) == private.public
    for message in (b"", b"statement", bytes(1000)):
        assert sm2.fits(key, message, private.sign(message))
        assert not sm2.fits(key, message + b"\x00", private.sign(message))
        assert not sm2.fits(sm2.BASE, message, private.sign(message))


def test_r_and_s_lie_between_zero_and_the_order(private):
    signature = private.sign(b"statement")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    for other in ((0, s), (r, 0), (N, s), (r, N), (r, N - r), (2**256 - 1, s), (r, 2**256 - 1)):
        assert not sm2.fits(private.point, b"statement", octets(other[0]) + octets(other[1]))
    assert not sm2.fits(private.point, b"statement", signature + b"\x00")
    assert not sm2.fits(private.point, b"statement", signature[:-1])


@pytest.mark.parametrize("r, s, sent, fitting", [(7, 5, 5, True), (7, 5, 5 + N, False), (0, 5, 5, False), (7, 0, 0, False),
                                                 (N - 5, 5, 5, False)])
def test_bounds_hold_even_where_the_equation_does(private, monkeypatch, r, s, sent, fitting):
    x = times((s + (r + s) * private.number) % N)[0]
    monkeypatch.setattr(sm2, "_statement", lambda key, message: r - x)
    assert sm2.fits(private.point, b"", octets(r) + octets(sent)) is fitting


def test_opposite_points_add_up_to_infinity():
    opposite = (G[0], P - G[1])
    assert sm2._sum_of_multiples(5, G, 5, opposite) is None
    assert sm2._sum_of_multiples(N, G, 0, G) is None


@pytest.mark.parametrize("first, second", [(1, 1), (2, 3), (N - 1, 2), (2**255, 7), (N - 2, N - 3)])
def test_multiples_are_those_of_other_code(private, first, second):
    number = (first + second * private.number) % N
    assert sm2._sum_of_multiples(first, G, second, private.point) == times(number)


def test_both_ends_of_an_exchange_share_one_secret(private):
    other = Sm2PrivateKey(bytes([4]) * 32)
    secret = sm2.shared_secret(private.number, other.point)
    assert secret == sm2.shared_secret(other.number, private.point) == octets(times(private.number, other.point)[0])


@pytest.mark.parametrize("change", [
    lambda key: key[:-1], lambda key: key + b"\x00", lambda key: b"", lambda key: b"\x00", lambda key: b"\x04" + key[1:],
    lambda key: key[:1] + octets(P), lambda key: key[:1] + octets(P + 2), lambda key: key[:1] + octets(2),
], ids=range(8))
def test_a_point_has_one_form(private, change):
    with pytest.raises(Refusal, match="weak-key"):
        sm2.read_point(change(private.public))


def test_equal_statements_have_equal_signatures():
    vectors = Vectors(VECTORS / "national")
    stated = {vector["name"]: vector for vector in vectors.load("certificate")["certificates"]}
    for vector in stated.values():
        message = read_message(bytes.fromhex(vector["bytes"]), "certificate")
        signer = Sm2PrivateKey(bytes.fromhex(stated[vector["signer"]]["seed"]))
        statement = signed_bytes(message.protected, "cert", vectors.trust.federation, message.payload)
        assert signer.sign(statement) == message.signature
        assert message.raw.startswith(bytes.fromhex("d2845819a2013a000100000450") + message.key_id + b"\xa0")
