"""Refusals: a code of section 18 and a sentence."""

PROTOCOL_CODES = frozenset({
    "malformed", "too-large", "unsupported-version", "unsupported-suite", "unsupported-type", "unknown-key", "weak-key",
    "bad-signature", "not-entitled", "wrong-receiver", "digest-mismatch", "position", "chain-broken", "fork", "expansion",
    "root-mismatch", "proof-mismatch", "unknown-seal", "body-incomplete", "over-disclosed", "foreign-author", "out-of-scope",
    "schema", "already-decided", "superseded", "revoked", "retired-key", "recover-first", "copied", "late", "cryptography",
})

# The document has no code for an entry that is named and not there; a node keeps such an entry waiting.
MISSING_ENTRY = "missing-entry"


class Refusal(Exception):
    """What is wrong, as a code that programs compare and a sentence that people read."""

    def __init__(self, code: str, sentence: str, place: str = ""):
        assert code in PROTOCOL_CODES or code == MISSING_ENTRY, code
        super().__init__(code, sentence, place)
        self.code = code
        self.sentence = sentence
        self.place = place

    def at(self, place: str) -> "Refusal":
        """The same refusal, saying in which file; a place once named stays."""
        return self if self.place else Refusal(self.code, self.sentence, place)

    def __str__(self) -> str:
        return f"{self.place}: {self.code}: {self.sentence}" if self.place else f"{self.code}: {self.sentence}"


def malformed(sentence: str) -> Refusal:
    return Refusal("malformed", sentence)
