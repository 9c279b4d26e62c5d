"""Certificates and their admission from the root down: section 6."""

from dataclasses import dataclass

from . import cbor
from .cose import Message, read_message
from .refusal import Refusal
from .suites import Suite, suite_numbered

LEVEL_NAMES = {0: "national", 1: "province", 2: "city", 3: "county"}


@dataclass(frozen=True)
class Certificate:
    """Who a node is and where it sits."""

    message: Message
    node: bytes
    code: str
    level: int
    parent: str
    suite: Suite
    key: bytes

    @property
    def key_id(self) -> bytes:
        return self.suite.key_id(self.key)

    @property
    def seat(self) -> str:
        """The seat as people read it."""
        return f"{self.code} {LEVEL_NAMES.get(self.level, f'level {self.level}')}"

    def states_seat_of(self, other: "Certificate") -> bool:
        return (self.code, self.level, self.parent) == (other.code, other.level, other.parent)


def read_certificate(raw: bytes) -> Certificate:
    message = read_message(raw, "certificate")
    reader = cbor.Reader(message.payload, "certificate")
    reader.array(6)
    node, code, level, parent = reader.octets(16), reader.text(), reader.unsigned(), reader.text()
    if level > 9:
        raise reader.refuse(f"level {level}")
    suite_number, key = reader.unsigned(), reader.octets()
    reader.end()
    suite = suite_numbered(suite_number)
    suite.check_key(key)
    return Certificate(message, node, code, level, parent, suite, key)


class Trust:
    """The certificates admitted so far in one federation."""

    def __init__(self, federation: bytes):
        self.federation = federation
        self._by_key: dict[bytes, Certificate] = {}
        self._by_node: dict[bytes, Certificate] = {}

    def admit(self, raw: bytes) -> Certificate:
        """Admits one more certificate; the first is the root's."""
        certificate = read_certificate(raw)
        held = self._by_key.get(certificate.key_id)
        if held is not None and held.message.raw == raw:
            return held
        issuer = self._check_root(certificate) if not self._by_key else self._check_issued(certificate, held)
        certificate.message.check_signature("cert", self.federation, issuer.key, issuer.suite)
        self._by_key[certificate.key_id] = certificate
        self._by_node[certificate.node] = certificate
        return certificate

    def _check_root(self, certificate: Certificate) -> Certificate:
        if certificate.level != 0 or certificate.parent != "":
            raise Refusal("not-entitled", "the first certificate is not a root's")
        if certificate.message.key_id != certificate.key_id:
            raise Refusal("unknown-key", "the root is not signed by its own key")
        return certificate

    def _check_issued(self, certificate: Certificate, held: Certificate | None) -> Certificate:
        """Steps 2 to 5 of section 6.3, in their order."""
        issuer = self.signer(certificate.message)
        if issuer.code != certificate.parent or certificate.level <= issuer.level:
            raise Refusal("not-entitled", f"seat {issuer.code} may not certify seat {certificate.code}")
        if held is not None:
            raise Refusal("not-entitled", "the key is certified for something else already")
        current = self._by_node.get(certificate.node)
        if current is not None and not (current.states_seat_of(certificate)
                                        and self.issuer(current).node == issuer.node):
            raise Refusal("not-entitled", f"the node of seat {current.code} is certified on another seat")
        return issuer

    def signer(self, message: Message) -> Certificate:
        """The certificate of the key that a message names."""
        return self.certificate_of_key(message.key_id)

    def certificate_of_key(self, key_id: bytes) -> Certificate:
        certificate = self._by_key.get(key_id)
        if certificate is None:
            raise Refusal("unknown-key", f"no certificate for key {key_id.hex()}")
        return certificate

    def certificate_of_node(self, node: bytes) -> Certificate:
        certificate = self._by_node.get(node)
        if certificate is None:
            raise Refusal("unknown-key", f"no certificate for node {node.hex()}")
        return certificate

    def issuer(self, certificate: Certificate) -> Certificate:
        return self._by_key[certificate.message.key_id]

    def path_above(self, node: bytes) -> list[Certificate]:
        """The seats above a node, nearest first, by the chain of issuing keys."""
        path = []
        certificate = self.certificate_of_node(node)
        while self.issuer(certificate) is not certificate:
            certificate = self.issuer(certificate)
            path.append(certificate)
        return path

    def is_below(self, node: bytes, upper: bytes) -> bool:
        return any(certificate.node == upper for certificate in self.path_above(node))

    def __len__(self) -> int:
        return len(self._by_key)
