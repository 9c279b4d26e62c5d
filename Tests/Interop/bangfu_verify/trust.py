"""Admission of trust statements from the root down, and what a key may do: section 6.4."""

from .cose import Message
from .refusal import Refusal
from .rotation import Rotation, read_rotation
from .statement import Certificate, Revocation, Statement, read_statement


class Trust:
    """The statements admitted so far in one federation."""

    def __init__(self, federation: bytes):
        self.federation = federation
        self._root: Certificate | None = None
        self._held: dict[bytes, Statement] = {}
        self._logs: dict[bytes, list[Statement]] = {}
        self._by_key: dict[bytes, Certificate] = {}
        self._by_node: dict[bytes, list[Certificate]] = {}
        self._revocations: dict[bytes, Revocation] = {}

    def admit(self, raw: bytes) -> Statement:
        """Admits one more statement; the first is the root's certificate."""
        statement = read_statement(raw)
        if raw in self._held:
            return self._held[raw]
        if self._root is None:
            self._root = self._check_root(statement)
            return self._enter(statement, self._root)
        signer = self.signer(statement.message)
        same = self._check_place(statement, self._logs.get(signer.node, []))
        revocation = self._revocations.get(signer.key_id)
        if revocation is not None and not revocation.admits(statement):
            raise Refusal("revoked", "the issuer's key was taken away before this statement")
        statement.message.check_signature("cert", self.federation, signer.key)
        if same is not None:
            return same
        if isinstance(statement, Certificate):
            self._check_certificate(statement, signer)
        else:
            self._check_revocation(statement, signer)
        return self._enter(statement, signer)

    def _check_root(self, statement: Statement) -> Certificate:
        if not isinstance(statement, Certificate) or not statement.has_root_shape:
            raise Refusal("not-entitled", "the first statement is not a root's certificate")
        if (statement.message.key_id, statement.message.suite) != (statement.key_id, statement.suite):
            raise Refusal("unknown-key", "the root is not signed by its own key")
        statement.message.check_signature("cert", self.federation, statement.key)
        return statement

    @staticmethod
    def _check_place(statement: Statement, log: list[Statement]) -> Statement | None:
        """Step 3. Gives the statement held in this place when it is the same, under whatever signature."""
        if statement.number > len(log):
            raise Refusal("position", f"statement {statement.number} comes too early, awaited is {len(log)}")
        if statement.number < len(log):
            held = log[statement.number]
            if held.hash != statement.hash:
                raise Refusal("fork", f"another statement {statement.number} of this issuer is held")
            return held
        if statement.previous != (log[-1].hash if log else None):
            raise Refusal("chain-broken", "the statement does not name the hash of the one before")
        return None

    def _check_certificate(self, certificate: Certificate, issuer: Certificate) -> None:
        """Steps 6 to 9."""
        if not self._may_certify(issuer, certificate):
            raise Refusal("not-entitled", f"seat {issuer.code!r} may not certify seat {certificate.code!r}")
        if certificate.key_id in self._by_key:
            raise Refusal("not-entitled", "the key is certified for something else already")
        earlier = self._by_node.get(certificate.node, [])
        if earlier and not (earlier[-1].states_seat_of(certificate) and self.issuer(earlier[-1]).node == issuer.node):
            raise Refusal("not-entitled", f"the node of seat {earlier[-1].code} is certified on another seat")
        if certificate.consent is not None:
            self._check_consent(certificate)

    def _may_certify(self, issuer: Certificate, certificate: Certificate) -> bool:
        """Step 6. The root certifies the national seat and nothing else (section 6.2)."""
        if issuer is self._root:
            return certificate.level == 0 and certificate.code != "" and certificate.parent == ""
        return issuer.code == certificate.parent and certificate.level > issuer.level

    def _check_consent(self, certificate: Certificate) -> None:
        """Step 9; whatever is wrong with a consent is `bad-signature`."""
        try:
            rotation = read_rotation(certificate.consent)
            present = self.signer(rotation.outer)
            rotation.check(present, self.federation)
        except Refusal as refusal:
            raise Refusal("bad-signature", f"the consent: {refusal.sentence}") from None
        stated = certificate.node, certificate.suite, certificate.key
        if (rotation.node, rotation.suite, rotation.key) != stated:
            raise Refusal("bad-signature", "the consent is for another node or key")

    def _check_revocation(self, revocation: Revocation, signer: Certificate) -> None:
        revoked = self._by_key.get(revocation.key)
        # The root's key certified itself, but a statement cannot bound the chain that it stands in.
        if revoked is None or revoked is self._root or self.issuer(revoked).node != signer.node:
            raise Refusal("not-entitled", "the key is none that the signer's node certified")
        if any(log.author != revoked.node for log, _ in revocation.logs):
            raise Refusal("not-entitled", "a log is not of the node whose key is taken away")

    def _enter(self, statement: Statement, signer: Certificate) -> Statement:
        self._held[statement.message.raw] = statement
        self._logs.setdefault(signer.node, []).append(statement)
        if isinstance(statement, Certificate):
            self._by_key[statement.key_id] = statement
            self._by_node.setdefault(statement.node, []).append(statement)
        elif statement.key not in self._revocations:
            self._revocations[statement.key] = statement
            self._take_out(statement)
        return statement

    def _take_out(self, revocation: Revocation) -> None:
        """Takes out what the key stated beyond its bound, and what rests on it."""
        node = self._by_key[revocation.key].node
        for number, statement in enumerate(self._logs.get(node, [])):
            if statement.message.key_id == revocation.key and not revocation.admits(statement):
                return self._cut(node, number)

    def _cut(self, node: bytes, number: int) -> None:
        """Ends an issuer's trust log before `number`; each statement rests on those before it."""
        log = self._logs[node]
        gone = log[number:]
        del log[number:]
        for statement in gone:
            del self._held[statement.message.raw]
            if isinstance(statement, Certificate):
                self._forget(statement)
            elif self._revocations.get(statement.key) is statement:
                del self._revocations[statement.key]

    def _forget(self, certificate: Certificate) -> None:
        for number, statement in enumerate(self._logs.get(certificate.node, [])):
            if statement.message.key_id == certificate.key_id:
                self._cut(certificate.node, number)
                break
        del self._by_key[certificate.key_id]
        self._by_node[certificate.node].remove(certificate)

    def signer(self, message: Message) -> Certificate:
        """The certificate of the key that a message names."""
        certificate = self.certificate_of_key(message.key_id)
        if certificate.suite is not message.suite:
            raise Refusal("unknown-key", f"key {message.key_id.hex()} is of another suite than the message says")
        return certificate

    def current_signer(self, message: Message) -> Certificate:
        """The signer, whose key must be its node's current one and not taken away."""
        certificate = self.signer(message)
        if certificate.key_id in self._revocations:
            raise Refusal("revoked", f"key {message.key_id.hex()} was taken away")
        if certificate is not self.certificate_of_node(certificate.node):
            raise Refusal("retired-key", f"key {message.key_id.hex()} is an earlier one of its node")
        return certificate

    def check_rotation(self, raw: bytes) -> Rotation:
        """A rotation as the parent reads it: by the node's current key."""
        rotation = read_rotation(raw)
        rotation.check(self.current_signer(rotation.outer), self.federation)
        return rotation

    def revocation_of(self, key_id: bytes) -> Revocation | None:
        return self._revocations.get(key_id)

    def certificate_of_key(self, key_id: bytes) -> Certificate:
        certificate = self._by_key.get(key_id)
        if certificate is None:
            raise Refusal("unknown-key", f"no certificate for key {key_id.hex()}")
        return certificate

    def certificate_of_node(self, node: bytes) -> Certificate:
        """The node's current certificate: the one with the highest number."""
        certificates = self._by_node.get(node)
        if not certificates:
            raise Refusal("unknown-key", f"no certificate for node {node.hex()}")
        return certificates[-1]

    def issuer(self, certificate: Certificate) -> Certificate:
        return self._by_key[certificate.message.key_id]

    def path_above(self, node: bytes) -> list[Certificate]:
        """The seats above a node, nearest first, by the chain of issuing keys; the root is no seat."""
        path = []
        certificate = self.issuer(self.certificate_of_node(node))
        while certificate is not self._root:
            path.append(certificate)
            certificate = self.issuer(certificate)
        return path

    def is_below(self, node: bytes, upper: bytes) -> bool:
        return any(certificate.node == upper for certificate in self.path_above(node))

    def __len__(self) -> int:
        return len(self._held)
