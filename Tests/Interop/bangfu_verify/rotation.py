"""A node's wish for a new key, signed by both keys: section 6.5."""

from dataclasses import dataclass

from . import cbor
from .cose import Message, read_message
from .refusal import Refusal
from .statement import Certificate
from .suites import Suite, suite_numbered


@dataclass(frozen=True)
class Rotation:
    """Read, not yet checked: `outer` is the present key's message, `inner` the new key's."""

    outer: Message
    inner: Message
    node: bytes
    present_key: bytes
    suite: Suite
    key: bytes

    @property
    def key_id(self) -> bytes:
        return self.suite.key_id(self.key)

    def check(self, present: Certificate, federation: bytes) -> None:
        """`present` is the certificate of the key that signed the outer message."""
        if (self.node, self.present_key) != (present.node, present.key_id):
            raise Refusal("bad-signature", "the rotation is of another node or key than its signer's")
        if self.suite is not present.suite:
            raise Refusal("bad-signature", "the new key has another suite than the present one")
        if (self.inner.key_id, self.inner.suite) != (self.key_id, self.suite):
            raise Refusal("bad-signature", "the new key has not signed")
        self.outer.check_signature("rotate", federation, present.key)
        self.inner.check_signature("rotate", federation, self.key)


def read_rotation(raw: bytes) -> Rotation:
    outer = read_message(raw, "rotation")
    inner = read_message(outer.payload, "rotation, inner message")
    reader = cbor.Reader(inner.payload, "rotation")
    reader.array(4)
    node, present_key, suite_number, key = reader.octets(16), reader.octets(16), reader.unsigned(), reader.octets()
    reader.end()
    suite = suite_numbered(suite_number)
    suite.check_key(key)
    return Rotation(outer, inner, node, present_key, suite, key)
