"""A signer of suite 2 for tests, from section 4.4; like the writer it shares no line with the package."""

import hashlib
import hmac

P = 2**256 - 2**224 - 2**96 + 2**64 - 1
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
A, B = P - 3, 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def sm3(*parts: bytes) -> bytes:
    return hashlib.new("sm3", b"".join(parts)).digest()


def mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"".join(parts), "sm3")


def octets(number: int) -> bytes:
    return number.to_bytes(32, "big")


def add(left, right):
    """The sum of two points; None is infinity."""
    if left is None or right is None:
        return left or right
    if left[0] == right[0] and (left[1] + right[1]) % P == 0:
        return None
    if left == right:
        slope = (3 * left[0] ** 2 + A) * pow(2 * left[1], -1, P)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, P)
    x = (slope ** 2 - left[0] - right[0]) % P
    return x, (slope * (left[0] - x) - left[1]) % P


def times(number: int, point=G):
    total = None
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


class Sm2PrivateKey:
    """Made from a seed, signs deterministically."""

    def __init__(self, seed: bytes):
        extracted = mac(bytes(32), seed)
        first = mac(extracted, b"bangfu/1/sm2\x01")
        drawn = first + mac(extracted, first, b"bangfu/1/sm2\x02")[:16]
        self.number = int.from_bytes(drawn, "big") % (N - 2) + 1
        self.point = times(self.number)
        self.public = bytes([2 + self.point[1] % 2]) + octets(self.point[0])

    def digest(self, message: bytes) -> bytes:
        name = sm3(b"\x00\x80", b"1234567812345678", *map(octets, (A, B, *G, *self.point)))
        return sm3(name, message)

    def sign(self, message: bytes) -> bytes:
        digest = self.digest(message)
        for k in self.nonces(digest):
            r = (int.from_bytes(digest, "big") + times(k)[0]) % N
            s = pow(1 + self.number, -1, N) * (k - r * self.number) % N
            if r and s and r + k != N:
                return octets(r) + octets(s)

    def nonces(self, digest: bytes):
        """RFC 6979 section 3.2."""
        value, key = b"\x01" * 32, bytes(32)
        hashed = octets(int.from_bytes(digest, "big") % N)
        for step in (b"\x00", b"\x01"):
            key = mac(key, value, step, octets(self.number), hashed)
            value = mac(key, value)
        while True:
            value = mac(key, value)
            if 0 < int.from_bytes(value, "big") < N:
                yield int.from_bytes(value, "big")
            key = mac(key, value, b"\x00")
            value = mac(key, value)
