"""The two suites as docs/protocol.md section 4 describes them, for make_vectors.py. SM2 is written out here in whole
numbers: slow and not for secrets, but nobody else's reading of the standard."""
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class International:
    number, algorithm, key_size = 1, -8, 32

    def hash(self, data):
        return hashlib.sha256(data).digest()

    def hmac(self, key, data):
        return hmac.digest(key, data, "sha256")

    def public(self, seed):
        return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, seed, message):
        return Ed25519PrivateKey.from_private_bytes(seed).sign(message)

    def exchange_public(self, seed):
        return X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def secret(self, seed, peer):
        return X25519PrivateKey.from_private_bytes(seed).exchange(X25519PublicKey.from_public_bytes(peer))

    def received(self, public):
        """What others agree on a secret with, from a signing key: u = (1 + y) / (1 - y)."""
        field = 2 ** 255 - 19
        y = int.from_bytes(public, "little") % 2 ** 255
        return ((1 + y) * pow(1 - y, -1, field) % field).to_bytes(32, "little")

    def encrypt(self, key, nonce, plain, header):
        return AESGCM(key).encrypt(nonce, plain, header)


P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def added(one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = (3 * one[0] ** 2 + A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(scalar, point):
    product = None
    while scalar:
        if scalar & 1:
            product = added(product, point)
        point, scalar = added(point, point), scalar >> 1
    return product


def word(value):
    return value.to_bytes(32, "big")


def compressed(point):
    return bytes([2 + point[1] % 2]) + word(point[0])


def has_y(x):
    return pow(x ** 3 + A * x + B, (P - 1) // 2, P) == 1


def decompressed(key):
    x = int.from_bytes(key[1:], "big")
    y = pow(x ** 3 + A * x + B, (P + 1) // 4, P)
    return x, y if y % 2 == key[0] - 2 else P - y


class National:
    number, algorithm, key_size = 2, -65537, 33

    def hash(self, data):
        return hashlib.new("sm3", data).digest()

    def hmac(self, key, data):
        return hmac.new(key, data, "sm3").digest()

    def scalar(self, seed):
        return int.from_bytes(hkdf(self, seed, b"", b"bangfu/1/sm2", 48), "big") % (N - 2) + 1

    def public(self, seed):
        return compressed(times(self.scalar(seed), G))

    def sign(self, seed, message):
        d, point = self.scalar(seed), times(self.scalar(seed), G)
        curve = b"".join(map(word, (A, B, *G, *point)))
        prefix = self.hash(b"\x00\x80" + b"1234567812345678" + curve)
        e = int.from_bytes(self.hash(prefix + message), "big")
        for k in self.nonces(d, e):
            r = (e + times(k, G)[0]) % N
            s = pow(1 + d, -1, N) * (k - r * d) % N
            if r and s and r + k != N:
                return word(r) + word(s)

    def nonces(self, d, e):
        """RFC 6979 section 3.2."""
        key, value, both = bytes(32), b"\x01" * 32, word(d) + word(e % N)
        for mark in (b"\x00", b"\x01"):
            key = self.hmac(key, value + mark + both)
            value = self.hmac(key, value)
        while True:
            value = self.hmac(key, value)
            if 0 < int.from_bytes(value, "big") < N:
                yield int.from_bytes(value, "big")
            key = self.hmac(key, value + b"\x00")
            value = self.hmac(key, value)

    exchange_public = public

    def secret(self, seed, peer):
        return word(times(self.scalar(seed), decompressed(peer))[0])

    def received(self, public):
        return public

    def encrypt(self, key, nonce, plain, header):
        encryptor = Cipher(algorithms.SM4(key[:16]), modes.CTR(nonce + bytes(4))).encryptor()
        sealed = encryptor.update(plain) + encryptor.finalize()
        lengths = len(header).to_bytes(8, "big") + len(sealed).to_bytes(8, "big")
        return sealed + self.hmac(key[16:], nonce + lengths + header + sealed)[:16]


def hkdf(suite, secret, salt, info, count):
    extracted = suite.hmac(salt or bytes(32), secret)
    output, block, counter = b"", b"", 0
    while len(output) < count:
        counter += 1
        block = suite.hmac(extracted, block + info + bytes([counter]))
        output += block
    return output[:count]


INTERNATIONAL, NATIONAL = International(), National()
