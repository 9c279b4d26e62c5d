"""Hashes, signatures, key exchange and sealing by suite number: sections 4.1 to 4.5, 6.1, 7.3 and 7.5."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import sm2
from .refusal import Refusal

ENTRY, NODE, SEAL, PACKED, CONTEXT, STATEMENT, SECTION = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x10
KEY_NAME, MATCHING_KEY_NAME = 0x30, 0x31
TAG_SIZE = 16

_FIELD = 2**255 - 19
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
# The y coordinates of the points whose order divides 8.
_SMALL_ORDER = frozenset({
    0, 1, _FIELD - 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
})


class Suite:
    """What every suite offers; a suite is a subclass with its algorithms."""

    number: int
    algorithm: int
    key_size: int
    sealing_key_size: int
    hash_name: str

    def digest(self, domain: int, *parts: bytes) -> bytes:
        state = hashlib.new(self.hash_name, bytes([domain]))
        for part in parts:
            state.update(part)
        return state.digest()

    def plain_digest(self, data: bytes) -> bytes:
        """Without a domain: for the transcripts of section 15 only."""
        return hashlib.new(self.hash_name, data).digest()

    def key_id(self, key: bytes, domain: int = KEY_NAME) -> bytes:
        return self.digest(domain, bytes([self.number]), key)[:16]

    def derive(self, secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
        """HKDF of RFC 5869 with the suite's hash."""
        pseudorandom = hmac.digest(salt, secret, self.hash_name)
        block, output, counter = b"", b"", 1
        while len(output) < size:
            block = hmac.digest(pseudorandom, block + info + bytes([counter]), self.hash_name)
            output += block
            counter += 1
        return output[:size]

    def section_salt(self, seed: bytes, index: int) -> bytes:
        return self.derive(seed, bytes(32), bytes([index]), 16)

    def section_digest(self, salt: bytes, section: bytes) -> bytes:
        return self.digest(SECTION, salt, section)

    def check_key(self, key: bytes) -> None:
        """Refuses a key of wrong length, form or order as `weak-key`."""
        raise NotImplementedError

    def fits(self, key: bytes, message: bytes, signature: bytes) -> bool:
        raise NotImplementedError

    def exchange_key(self, seed: bytes) -> bytes:
        """The public key of an exchange that belongs to 32 secret bytes."""
        raise NotImplementedError

    def exchange(self, seed: bytes, peer: bytes) -> bytes:
        """The shared secret; a peer's key that gives none is `weak-key`."""
        raise NotImplementedError

    def received_key(self, key: bytes) -> bytes:
        """What others agree on a secret with, from a public signing key: section 4.6."""
        raise NotImplementedError

    def received_seed(self, seed: bytes) -> bytes:
        """The seed of the private half of that, from the seed of the signing key."""
        raise NotImplementedError

    def open(self, key: bytes, nonce: bytes, header: bytes, sealed: bytes) -> bytes:
        """The plain text; what does not open is `bad-signature`."""
        raise NotImplementedError


class Suite1(Suite):
    """Ed25519, SHA-256, X25519 and AES-256-GCM."""

    number = 1
    algorithm = -8
    key_size = 32
    sealing_key_size = 32
    hash_name = "sha256"

    def check_key(self, key: bytes) -> None:
        if len(key) != self.key_size:
            raise Refusal("weak-key", f"a key of suite 1 has 32 bytes, not {len(key)}")
        y = int.from_bytes(key, "little") & (2**255 - 1)
        if y >= _FIELD:
            raise Refusal("weak-key", "the key's coordinate is not canonical")
        if y in _SMALL_ORDER:
            raise Refusal("weak-key", "the key is a point of small order")

    def fits(self, key: bytes, message: bytes, signature: bytes) -> bool:
        if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _GROUP_ORDER:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def exchange_key(self, seed: bytes) -> bytes:
        return X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()

    def exchange(self, seed: bytes, peer: bytes) -> bytes:
        private = X25519PrivateKey.from_private_bytes(seed)
        try:
            return private.exchange(X25519PublicKey.from_public_bytes(peer))
        except ValueError:
            raise Refusal("weak-key", "the exchange key gives no secret") from None

    def received_key(self, key: bytes) -> bytes:
        y = int.from_bytes(key, "little") & (2**255 - 1)
        return ((1 + y) * pow(1 - y, -1, _FIELD) % _FIELD).to_bytes(32, "little")

    def received_seed(self, seed: bytes) -> bytes:
        return hashlib.sha512(seed).digest()[:32]

    def open(self, key: bytes, nonce: bytes, header: bytes, sealed: bytes) -> bytes:
        try:
            return AESGCM(key).decrypt(nonce, sealed, header)
        except InvalidTag:
            raise _not_opened() from None


class Suite2(Suite):
    """SM2, SM3, and SM4 in counter mode with HMAC-SM3."""

    number = 2
    algorithm = -65537
    key_size = 33
    sealing_key_size = 48
    hash_name = "sm3"

    def check_key(self, key: bytes) -> None:
        sm2.read_point(key)

    def fits(self, key: bytes, message: bytes, signature: bytes) -> bool:
        return sm2.fits(sm2.read_point(key), message, signature)

    def exchange_key(self, seed: bytes) -> bytes:
        return sm2.compressed(sm2.public_point(self._private_key(seed)))

    def exchange(self, seed: bytes, peer: bytes) -> bytes:
        return sm2.shared_secret(self._private_key(seed), sm2.read_point(peer))

    def received_key(self, key: bytes) -> bytes:
        return key

    def received_seed(self, seed: bytes) -> bytes:
        return seed

    def _private_key(self, seed: bytes) -> int:
        return sm2.private_key(self.derive(seed, bytes(32), b"bangfu/1/sm2", 48))

    def open(self, key: bytes, nonce: bytes, header: bytes, sealed: bytes) -> bytes:
        if len(sealed) < TAG_SIZE:
            raise _not_opened()
        hidden, tag = sealed[:-TAG_SIZE], sealed[-TAG_SIZE:]
        lengths = len(header).to_bytes(8, "big") + len(hidden).to_bytes(8, "big")
        expected = hmac.digest(key[16:], nonce + lengths + header + hidden, self.hash_name)[:TAG_SIZE]
        if not hmac.compare_digest(tag, expected):
            raise _not_opened()
        return Cipher(algorithms.SM4(key[:16]), modes.CTR(nonce + bytes(4))).decryptor().update(hidden)


def _not_opened() -> Refusal:
    return Refusal("bad-signature", "what is sealed does not open")


_SUITES = (Suite1(), Suite2())


def suite_numbered(number: int) -> Suite:
    for suite in _SUITES:
        if suite.number == number:
            return suite
    raise Refusal("unsupported-suite", f"suite {number} is not known")


def suite_of_algorithm(algorithm: int) -> Suite:
    for suite in _SUITES:
        if suite.algorithm == algorithm:
            return suite
    raise Refusal("unsupported-suite", f"signature algorithm {algorithm} is not known")
