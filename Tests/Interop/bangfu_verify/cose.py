"""Signed messages: COSE_Sign1 in the one shape of section 5."""

from dataclasses import dataclass

from . import cbor
from .refusal import Refusal
from .suites import Suite, suite_of_algorithm

COVER_LIMIT = SEAL_LIMIT = 4096
MESSAGE_LIMIT = 16384
_COSE_SIGN1 = 18
_ALGORITHM, _KEY_ID = 1, 4


@dataclass(frozen=True)
class Message:
    """A signed message whose signature is not checked yet."""

    raw: bytes
    suite: Suite
    key_id: bytes
    protected: bytes
    payload: bytes
    signature: bytes

    def check_signature(self, purpose: str, federation: bytes, key: bytes, suite: Suite) -> None:
        statement = signed_bytes(self.protected, purpose, federation, self.payload)
        if suite is not self.suite or not suite.fits(key, statement, self.signature):
            raise Refusal("bad-signature", f"the signature of the {purpose} does not fit")


def read_message(raw: bytes, what: str, limit: int = MESSAGE_LIMIT) -> Message:
    """The parts of one whole message; shape first, then the algorithm."""
    if len(raw) > limit:
        raise Refusal("too-large", f"{what}: {len(raw)} bytes, more than {limit}")
    reader = cbor.Reader(raw, what)
    if reader.tag() != _COSE_SIGN1:
        raise reader.refuse("tag 18 is expected")
    reader.array(4)
    protected = reader.octets()
    if reader.map() != 0:
        raise reader.refuse("an unprotected header")
    payload = reader.octets()
    signature = reader.octets(64)
    reader.end()
    algorithm, key_id = _read_protected(protected, what)
    return Message(raw, suite_of_algorithm(algorithm), key_id, protected, payload, signature)


def _read_protected(protected: bytes, what: str) -> tuple[int, bytes]:
    reader = cbor.Reader(protected, f"{what}, protected header")
    if reader.map() != 2 or reader.unsigned() != _ALGORITHM:
        raise reader.refuse("the algorithm is expected")
    algorithm = reader.integer()
    if reader.unsigned() != _KEY_ID:
        raise reader.refuse("the key's name is expected")
    key_id = reader.octets(16)
    reader.end()
    return algorithm, key_id


def protected_header(algorithm: int, key_id: bytes) -> bytes:
    algorithm_head = cbor.head(cbor.UNSIGNED, algorithm) if algorithm >= 0 else cbor.head(cbor.NEGATIVE, -1 - algorithm)
    return (cbor.head(cbor.MAP, 2) + cbor.head(cbor.UNSIGNED, _ALGORITHM) + algorithm_head
            + cbor.head(cbor.UNSIGNED, _KEY_ID) + cbor.of_bytes(key_id))


def signed_bytes(protected: bytes, purpose: str, federation: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052 section 4.4."""
    external = b"bangfu/1/" + purpose.encode() + federation
    return (cbor.head(cbor.ARRAY, 4) + cbor.of_text("Signature1") + cbor.of_bytes(protected)
            + cbor.of_bytes(external) + cbor.of_bytes(payload))


def join_message(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return (cbor.head(cbor.TAG, _COSE_SIGN1) + cbor.head(cbor.ARRAY, 4) + cbor.of_bytes(protected)
            + cbor.head(cbor.MAP, 0) + cbor.of_bytes(payload) + cbor.of_bytes(signature))
