"""The sealed number of section 7.5, as the one node opens it that has the matching key."""

from dataclasses import dataclass

from .refusal import Refusal, malformed
from .section import Value, read_section
from .suites import MATCHING_KEY_NAME, TAG_SIZE, Suite

_KEY_NAME, _EPHEMERAL_KEY, _SEALED = 1, 2, 3
_NUMBER_SIZE = 9
_CHARACTERS = "0123456789X"


@dataclass(frozen=True)
class SealedNumber:
    """The fields of a section `match`."""

    key_name: bytes
    ephemeral_key: bytes
    sealed: bytes


def read_sealed_number(section: bytes) -> SealedNumber:
    fields = read_section(section)
    number = SealedNumber(_octets(fields, _KEY_NAME), _octets(fields, _EPHEMERAL_KEY), _octets(fields, _SEALED))
    if len(number.key_name) != 16 or len(number.sealed) != _NUMBER_SIZE + TAG_SIZE:
        raise malformed("match: a field has not its length")
    return number


def _octets(fields: dict[int, Value], tag: int) -> bytes:
    value = fields.get(tag)
    if not isinstance(value, bytes):
        raise malformed(f"match: field {tag} is no byte string")
    return value


class MatchingKey:
    """A matching key with its secret; the suite of what is sealed to it is its own."""

    def __init__(self, suite: Suite, seed: bytes):
        self.suite = suite
        self.seed = seed
        self.public = suite.exchange_key(seed)
        self.name = suite.key_id(self.public, MATCHING_KEY_NAME)

    def open(self, section: bytes, record: bytes, salt: bytes) -> str:
        """The number in a section `match` with the section's salt."""
        number = read_sealed_number(section)
        if number.key_name != self.name:
            raise Refusal("unknown-key", "match: sealed to another matching key")
        secret = self.suite.exchange(self.seed, number.ephemeral_key)
        info = b"bangfu/1/match" + record + number.ephemeral_key + self.public
        key = self.suite.derive(secret, salt, info, self.suite.sealing_key_size)
        return _unpacked(self.suite.open(key, bytes(12), b"", number.sealed))


def _unpacked(packed: bytes) -> str:
    digits = [half for byte in packed for half in (byte >> 4, byte & 15)]
    if any(digit > 9 for digit in digits[:-1]) or digits[-1] > 10:
        raise malformed("match: what was sealed is no number")
    return "".join(_CHARACTERS[digit] for digit in digits)
