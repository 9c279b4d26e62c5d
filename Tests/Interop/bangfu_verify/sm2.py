"""SM2 on the curve of GB/T 32918.5: section 4.4.

This is a verifier, whose secrets are those of vectors: nothing here needs to run in constant time.
"""

import hashlib

from .refusal import Refusal

PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = PRIME - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
BASE = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)

_SIGNER_NAME = b"1234567812345678"

Point = tuple[int, int]
# Coordinates (X, Y, Z) of the point (X / Z^2, Y / Z^3), which need no division at each step; Z is 0 at infinity.
_Projective = tuple[int, int, int]
_INFINITY: _Projective = (1, 1, 0)


def read_point(key: bytes) -> Point:
    """The point of a compressed public key."""
    if len(key) != 33 or key[0] not in (2, 3):
        raise Refusal("weak-key", "a key of suite 2 is a compressed point of 33 bytes")
    x = int.from_bytes(key[1:], "big")
    if x >= PRIME:
        raise Refusal("weak-key", "the key's coordinate is not canonical")
    square = (x * x * x + A * x + B) % PRIME
    y = pow(square, (PRIME + 1) // 4, PRIME)
    if y * y % PRIME != square:
        raise Refusal("weak-key", "the key is no point of the curve")
    return x, y if y % 2 == key[0] % 2 else PRIME - y


def compressed(point: Point) -> bytes:
    return bytes([2 + point[1] % 2]) + _bytes(point[0])


def private_key(drawn: bytes) -> int:
    """The private key from the 48 bytes that a seed gives."""
    return int.from_bytes(drawn, "big") % (ORDER - 2) + 1


def public_point(private: int) -> Point:
    point = _sum_of_multiples(private, BASE, 0, BASE)
    assert point is not None, "a multiple of the base below its order is not infinity"
    return point


def shared_secret(private: int, peer: Point) -> bytes:
    """The x coordinate of the multiple of the peer's point; every point has the base's order, so it is never infinity."""
    point = _sum_of_multiples(private, peer, 0, BASE)
    assert point is not None, "a multiple of a point below its order is not infinity"
    return _bytes(point[0])


def fits(key: Point, message: bytes, signature: bytes) -> bool:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (1 <= r < ORDER and 1 <= s < ORDER):
        return False
    t = (r + s) % ORDER
    if t == 0:
        return False
    point = _sum_of_multiples(s, BASE, t, key)
    return point is not None and (_statement(key, message) + point[0]) % ORDER == r


def _statement(key: Point, message: bytes) -> int:
    """e: the message's digest under the digest of the signer's name and key."""
    numbers = b"".join(_bytes(number) for number in (A, B, *BASE, *key))
    name = hashlib.new("sm3", (8 * len(_SIGNER_NAME)).to_bytes(2, "big") + _SIGNER_NAME + numbers).digest()
    return int.from_bytes(hashlib.new("sm3", name + message).digest(), "big")


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _sum_of_multiples(first: int, one: Point, second: int, other: Point) -> Point | None:
    """first * one + second * other in one pass over the bits; None is infinity."""
    left, right = (*one, 1), (*other, 1)
    steps = (_INFINITY, left, right, _add(left, right))
    total = _INFINITY
    for bit in reversed(range(ORDER.bit_length())):
        total = _add(_double(total), steps[(first >> bit & 1) + 2 * (second >> bit & 1)])
    if total[2] == 0:
        return None
    inverse = pow(total[2], -1, PRIME)
    return total[0] * inverse**2 % PRIME, total[1] * inverse**3 % PRIME


def _double(point: _Projective) -> _Projective:
    x, y, z = point
    y_square = y * y % PRIME
    middle = 4 * x * y_square % PRIME
    slope = 3 * (x - z * z) * (x + z * z) % PRIME  # 3 x^2 + a z^4, since a is -3
    new_x = (slope * slope - 2 * middle) % PRIME
    return new_x, (slope * (middle - new_x) - 8 * y_square * y_square) % PRIME, 2 * y * z % PRIME


def _add(left: _Projective, right: _Projective) -> _Projective:
    if left[2] == 0 or right[2] == 0:
        return right if left[2] == 0 else left
    left_square, right_square = left[2] * left[2] % PRIME, right[2] * right[2] % PRIME
    x, other_x = left[0] * right_square % PRIME, right[0] * left_square % PRIME
    y, other_y = left[1] * right_square * right[2] % PRIME, right[1] * left_square * left[2] % PRIME
    if x == other_x:
        return _double(left) if y == other_y else _INFINITY
    width, height = other_x - x, other_y - y
    width_square = width * width % PRIME
    width_cube, middle = width_square * width % PRIME, x * width_square % PRIME
    new_x = (height * height - width_cube - 2 * middle) % PRIME
    return new_x, (height * (middle - new_x) - y * width_cube) % PRIME, left[2] * right[2] * width % PRIME
