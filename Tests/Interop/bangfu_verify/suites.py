"""Hashes and signatures by suite number: sections 4.1, 4.2, 6.1 and 7.3."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .refusal import Refusal

ENTRY, NODE, SEAL, PACKED, CONTEXT, SECTION, KEY_NAME = 0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x30

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
    hash_name: str

    def digest(self, domain: int, *parts: bytes) -> bytes:
        state = hashlib.new(self.hash_name, bytes([domain]))
        for part in parts:
            state.update(part)
        return state.digest()

    def key_id(self, key: bytes) -> bytes:
        return self.digest(KEY_NAME, bytes([self.number]), key)[:16]

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


class Suite1(Suite):
    """Ed25519 and SHA-256."""

    number = 1
    algorithm = -8
    key_size = 32
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


_SUITES = (Suite1(),)


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
