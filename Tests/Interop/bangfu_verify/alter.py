"""Altered copies of an export folder, each of which must be refused."""

import json
import random
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import cbor
from .changeset import MAGIC, PREAMBLE_SIZE, Cover, split
from .cose import Message, join_message, protected_header, signed_bytes
from .export import DESCRIPTION, TRUST, Description, WrongUse, changeset_place, read_description, read_statements
from .seal import Seal, read_seal
from .statement import CERTIFICATE, Certificate, Revocation, Statement, read_statement
from .suites import suite_numbered
from .trust import Trust

# A bit of a cover may be part of its shape, of the key's name, of what is signed, or of the signature.
_COVER_CODES = ("malformed", "too-large", "unsupported-suite", "unknown-key", "bad-signature")
# A bit of a statement may also be part of its kind or of its place in the issuer's trust log.
_STATEMENT_CODES = (*_COVER_CODES, "unsupported-type", "position", "fork", "chain-broken")

# What an alteration gives: the file that a refusal names and the codes it may have; nothing where it has no place.
Expected = tuple[str, tuple[str, ...]] | None


@dataclass(frozen=True)
class Alteration:
    """One altered copy: its folder, the file that a refusal names, and the codes it may have."""

    name: str
    file: str
    codes: tuple[str, ...]


class Copy:
    """A copy of the export whose files are changed in place."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.description: Description = read_description(folder)
        self.statements = read_statements((folder / TRUST).read_bytes())

    def read(self, number: int) -> bytes:
        return (self.folder / changeset_place(number)).read_bytes()

    def write(self, number: int, data: bytes) -> None:
        (self.folder / changeset_place(number)).write_bytes(data)

    def remove(self, number: int) -> None:
        (self.folder / changeset_place(number)).unlink()

    def parts(self, number: int) -> tuple[Cover, bytes]:
        return split(self.read(number))

    def seal(self, number: int) -> Seal:
        return read_seal(self.parts(number)[0].seal)

    def write_statements(self) -> None:
        whole = cbor.head(cbor.ARRAY, len(self.statements)) + b"".join(map(cbor.of_bytes, self.statements))
        (self.folder / TRUST).write_bytes(whole)

    def read_statements(self) -> list[tuple[Statement, bytes]]:
        """Each statement with the node of its issuer."""
        trust, read = Trust(self.description.federation), []
        for raw in self.statements:
            statement = trust.admit(raw)
            read.append((statement, trust.signer(statement.message).node))
        return read

    def describe(self, **changes: object) -> None:
        path = self.folder / DESCRIPTION
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}) + "\n", encoding="utf-8")

    @property
    def numbers(self) -> range:
        return range(1, self.description.changesets + 1)

    def neighbours(self) -> list[tuple[int, int]]:
        """Pairs of changesets of one log of which the second is the first that follows."""
        waiting: dict[bytes, int] = {}
        pairs = []
        for number in self.numbers:
            seal = self.seal(number)
            if seal.previous in waiting:
                pairs.append((waiting.pop(seal.previous), number))
            waiting[seal.hash] = number
        return pairs

    def droppable(self) -> list[tuple[int, int]]:
        """Neighbours whose first opens no later life: without that entry the life before would break, and not its own."""
        links: set[tuple[bytes, int, bytes]] = set()
        openings = set()
        for number in self.numbers:
            seal = self.seal(number)
            if seal.first == 0 and seal.log.link in links:
                openings.add(number)
            links.add(seal.log.link)
        return [pair for pair in self.neighbours() if pair[0] not in openings]


def _join(cover: bytes, packed: bytes) -> bytes:
    return MAGIC + bytes([1, 0, 0, 0]) + len(cover).to_bytes(4, "big") + cover + packed


def _flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def flip_cover(copy: Copy, draw: random.Random) -> Expected:
    number = draw.choice(copy.numbers)
    bits = len(copy.parts(number)[0].message.raw) * 8
    copy.write(number, _flip(copy.read(number), PREAMBLE_SIZE * 8 + draw.randrange(bits)))
    return changeset_place(number), _COVER_CODES


def flip_packed(copy: Copy, draw: random.Random) -> Expected:
    number = draw.choice(copy.numbers)
    data, bits = copy.read(number), len(copy.parts(number)[1]) * 8
    copy.write(number, _flip(data, len(data) * 8 - 1 - draw.randrange(bits)))
    return changeset_place(number), ("digest-mismatch",)


def cut(copy: Copy, draw: random.Random) -> Expected:
    number = draw.choice(copy.numbers)
    data = copy.read(number)
    copy.write(number, data[:draw.randrange(len(data))])
    return changeset_place(number), ("malformed", "digest-mismatch")


def swap(copy: Copy, draw: random.Random) -> Expected:
    earlier, later = draw.choice(copy.neighbours())
    first, second = copy.read(earlier), copy.read(later)
    copy.write(earlier, second)
    copy.write(later, first)
    return changeset_place(earlier), ("position",)


def exchange_packed(copy: Copy, draw: random.Random) -> Expected:
    first, second = sorted(draw.sample(copy.numbers, 2))
    (cover, packed), (other_cover, other_packed) = copy.parts(first), copy.parts(second)
    copy.write(first, _join(cover.message.raw, other_packed))
    copy.write(second, _join(other_cover.message.raw, packed))
    return changeset_place(first), ("digest-mismatch",)


def drop(copy: Copy, draw: random.Random) -> Expected:
    """Drops a changeset that another follows in its log, and closes the gap in the numbers."""
    dropped, later = draw.choice(copy.droppable())
    for number in range(dropped, copy.numbers[-1]):
        copy.write(number, copy.read(number + 1))
    copy.remove(copy.numbers[-1])
    copy.describe(changesets=len(copy.numbers) - 1)
    # What rests on the dropped seal is noticed only at the end, so the chain of its log breaks first.
    return changeset_place(later - 1), ("position",)


def leave_gap(copy: Copy, draw: random.Random) -> Expected:
    number = draw.choice(copy.numbers)
    copy.remove(number)
    return changeset_place(number), ("position",)


def repeat(copy: Copy, draw: random.Random) -> Expected:
    number, added = draw.choice(copy.numbers), len(copy.numbers) + 1
    copy.write(added, copy.read(number))
    copy.describe(changesets=added)
    return changeset_place(added), ("position",)


def exchange_certificate(copy: Copy, draw: random.Random) -> Expected:
    """Puts a stranger's key on a seat, under the name of the issuer but with the stranger's signature."""
    index = draw.choice([index for index, (statement, _) in enumerate(copy.read_statements())
                         if index > 0 and isinstance(statement, Certificate)])
    old = read_statement(copy.statements[index])
    copy.statements[index] = _forge(old, old.message, copy.description.federation, draw)
    copy.write_statements()
    return TRUST, ("bad-signature",)


def exchange_root(copy: Copy, draw: random.Random) -> Expected:
    old = read_statement(copy.statements[0])
    copy.statements[0] = _forge(old, None, copy.description.federation, draw)
    copy.write_statements()
    return TRUST, ("unknown-key",)


def _forge(old: Certificate, issued: Message | None, federation: bytes, draw: random.Random) -> bytes:
    private = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
    key, suite = private.public_key().public_bytes_raw(), suite_numbered(1)
    previous, consent = (b"\xf6" if value is None else cbor.of_bytes(value) for value in (old.previous, old.consent))
    payload = (cbor.head(cbor.ARRAY, 10) + cbor.head(cbor.UNSIGNED, CERTIFICATE) + cbor.head(cbor.UNSIGNED, old.number)
               + previous + cbor.of_bytes(old.node) + cbor.of_text(old.code) + cbor.head(cbor.UNSIGNED, old.level)
               + cbor.of_text(old.parent) + cbor.head(cbor.UNSIGNED, suite.number) + cbor.of_bytes(key) + consent)
    protected = issued.protected if issued else protected_header(suite.algorithm, suite.key_id(key))
    return join_message(protected, payload, private.sign(signed_bytes(protected, "cert", federation, payload)))


def drop_statement(copy: Copy, draw: random.Random) -> Expected:
    """Drops a statement from the middle on which a later one rests: the issuer's next, or one by the key it certifies."""
    read = copy.read_statements()
    places = [index for index in range(1, len(read) - 1) if any(_rests(read[index], later) for later in read[index + 1:])]
    if not places:
        return None
    del copy.statements[draw.choice(places)]
    copy.write_statements()
    return TRUST, ("position", "unknown-key")


def _rests(earlier: tuple[Statement, bytes], later: tuple[Statement, bytes]) -> bool:
    is_key = isinstance(earlier[0], Certificate) and later[0].message.key_id == earlier[0].key_id
    return is_key or later[1] == earlier[1]


def swap_statements(copy: Copy, draw: random.Random) -> Expected:
    """Swaps two statements of one issuer; a trust log that does not begin with the root's own is none."""
    issuers = [issuer for _, issuer in copy.read_statements()]
    pairs = [(one, other) for one in range(len(issuers)) for other in range(one + 1, len(issuers))
             if issuers[one] == issuers[other]]
    if not pairs:
        return None
    one, other = draw.choice(pairs)
    copy.statements[one], copy.statements[other] = copy.statements[other], copy.statements[one]
    copy.write_statements()
    return TRUST, ("position", "unknown-key") if one > 0 else ("not-entitled",)


def flip_revocation(copy: Copy, draw: random.Random) -> Expected:
    places = [index for index, (statement, _) in enumerate(copy.read_statements()) if isinstance(statement, Revocation)]
    if not places:
        return None
    index = draw.choice(places)
    copy.statements[index] = _flip(copy.statements[index], draw.randrange(len(copy.statements[index]) * 8))
    copy.write_statements()
    return TRUST, _STATEMENT_CODES


def reattribute(copy: Copy, draw: random.Random) -> Expected:
    """Says that another certified node sent a changeset."""
    number = draw.choice(copy.numbers)
    cover, packed = copy.parts(number)
    other = _other(copy, draw)
    payload = cover.message.payload.replace(cbor.of_bytes(cover.sender), cbor.of_bytes(other.node), 1)
    protected = protected_header(other.suite.algorithm, other.key_id)
    copy.write(number, _join(join_message(protected, payload, cover.message.signature), packed))
    return changeset_place(number), ("bad-signature",)


def claim(copy: Copy, draw: random.Random) -> Expected:
    """Says that another certified node made the export."""
    other = _other(copy, draw)
    copy.describe(node=other.node.hex(), seat=other.code)
    return changeset_place(1), ("not-entitled",)


def _other(copy: Copy, draw: random.Random) -> Certificate:
    """The current certificate of another node whose key was not taken away."""
    statements = [statement for statement, _ in copy.read_statements()]
    revoked = {one.key for one in statements if isinstance(one, Revocation)}
    current = {one.node: one for one in statements if isinstance(one, Certificate)}
    return draw.choice([one for one in current.values()
                        if one.node != copy.description.node and one.key_id not in revoked])


ALTERATIONS: tuple[Callable[[Copy, random.Random], Expected], ...] = (
    flip_cover, flip_packed, cut, swap, exchange_packed, drop, leave_gap, repeat, exchange_certificate, exchange_root,
    drop_statement, swap_statements, flip_revocation, reattribute, claim)


def write_altered(source: Path, out: Path, seed: int) -> list[Alteration]:
    """Writes one folder in `out` for each alteration that has a place, and alterations.json beside them."""
    if read_description(source).changesets < 2 or not Copy(source).droppable():
        raise WrongUse("altering needs two changesets of one log")
    if out.exists() and any(out.iterdir()):
        raise WrongUse(f"{out} is not empty")
    done = []
    for alter in ALTERATIONS:
        name = alter.__name__.replace("_", "-")
        shutil.copytree(source, out / name)
        expected = alter(Copy(out / name), random.Random(f"{seed} {name}"))
        if expected is None:
            shutil.rmtree(out / name)
        else:
            done.append(Alteration(name, *expected))
    (out / "alterations.json").write_text(json.dumps([asdict(one) for one in done], indent=1) + "\n", encoding="utf-8")
    return done
