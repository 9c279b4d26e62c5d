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
from .cose import join_message, protected_header, signed_bytes
from .export import (DESCRIPTION, TRUST, Description, WrongUse, changeset_place, read_certificates,
                     read_description)
from .seal import read_seal
from .suites import suite_numbered
from .trust import Certificate, read_certificate

# A bit of a cover may be part of its shape, of the key's name, of what is signed, or of the signature.
_COVER_CODES = ("malformed", "too-large", "unsupported-suite", "unknown-key", "bad-signature")


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
        self.certificates = read_certificates((folder / TRUST).read_bytes())

    def read(self, number: int) -> bytes:
        return (self.folder / changeset_place(number)).read_bytes()

    def write(self, number: int, data: bytes) -> None:
        (self.folder / changeset_place(number)).write_bytes(data)

    def remove(self, number: int) -> None:
        (self.folder / changeset_place(number)).unlink()

    def parts(self, number: int) -> tuple[Cover, bytes]:
        return split(self.read(number))

    def log(self, number: int) -> bytes:
        return read_seal(self.parts(number)[0].seal).log.raw

    def write_certificates(self) -> None:
        whole = cbor.head(cbor.ARRAY, len(self.certificates)) + b"".join(map(cbor.of_bytes, self.certificates))
        (self.folder / TRUST).write_bytes(whole)

    def describe(self, **changes: object) -> None:
        path = self.folder / DESCRIPTION
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}) + "\n", encoding="utf-8")

    @property
    def numbers(self) -> range:
        return range(1, self.description.changesets + 1)

    def neighbours(self) -> list[tuple[int, int]]:
        """Pairs of changesets that follow each other in one log."""
        last: dict[bytes, int] = {}
        pairs = []
        for number in self.numbers:
            log = self.log(number)
            if log in last:
                pairs.append((last[log], number))
            last[log] = number
        return pairs


def _join(cover: bytes, packed: bytes) -> bytes:
    return MAGIC + bytes([1, 0, 0, 0]) + len(cover).to_bytes(4, "big") + cover + packed


def _flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def flip_cover(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    number = draw.choice(copy.numbers)
    bits = len(copy.parts(number)[0].message.raw) * 8
    copy.write(number, _flip(copy.read(number), PREAMBLE_SIZE * 8 + draw.randrange(bits)))
    return changeset_place(number), _COVER_CODES


def flip_packed(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    number = draw.choice(copy.numbers)
    data, bits = copy.read(number), len(copy.parts(number)[1]) * 8
    copy.write(number, _flip(data, len(data) * 8 - 1 - draw.randrange(bits)))
    return changeset_place(number), ("digest-mismatch",)


def cut(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    number = draw.choice(copy.numbers)
    data = copy.read(number)
    copy.write(number, data[:draw.randrange(len(data))])
    return changeset_place(number), ("malformed", "digest-mismatch")


def swap(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    earlier, later = draw.choice(copy.neighbours())
    first, second = copy.read(earlier), copy.read(later)
    copy.write(earlier, second)
    copy.write(later, first)
    return changeset_place(earlier), ("position",)


def exchange_packed(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    first, second = sorted(draw.sample(copy.numbers, 2))
    (cover, packed), (other_cover, other_packed) = copy.parts(first), copy.parts(second)
    copy.write(first, _join(cover.message.raw, other_packed))
    copy.write(second, _join(other_cover.message.raw, packed))
    return changeset_place(first), ("digest-mismatch",)


def drop(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    """Drops a changeset that another follows in its log, and closes the gap in the numbers."""
    dropped, later = draw.choice(copy.neighbours())
    for number in range(dropped, copy.numbers[-1]):
        copy.write(number, copy.read(number + 1))
    copy.remove(copy.numbers[-1])
    copy.describe(changesets=len(copy.numbers) - 1)
    # What rests on the dropped seal is noticed only at the end, so the chain of its log breaks first.
    return changeset_place(later - 1), ("position",)


def leave_gap(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    number = draw.choice(copy.numbers)
    copy.remove(number)
    return changeset_place(number), ("position",)


def repeat(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    number, added = draw.choice(copy.numbers), len(copy.numbers) + 1
    copy.write(added, copy.read(number))
    copy.describe(changesets=added)
    return changeset_place(added), ("position",)


def exchange_certificate(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    """Puts a stranger's key on a seat, under the name of the issuer but with the stranger's signature."""
    index = draw.randrange(1, len(copy.certificates))
    old = read_certificate(copy.certificates[index])
    copy.certificates[index] = _forge(old, old.message.key_id, copy.description.federation, draw)
    copy.write_certificates()
    return TRUST, ("bad-signature",)


def exchange_root(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    old = read_certificate(copy.certificates[0])
    copy.certificates[0] = _forge(old, None, copy.description.federation, draw)
    copy.write_certificates()
    return TRUST, ("unknown-key",)


def _forge(old: Certificate, key_id: bytes | None, federation: bytes, draw: random.Random) -> bytes:
    private = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
    key, suite = private.public_key().public_bytes_raw(), suite_numbered(1)
    payload = (cbor.head(cbor.ARRAY, 6) + cbor.of_bytes(old.node) + cbor.of_text(old.code)
               + cbor.head(cbor.UNSIGNED, old.level) + cbor.of_text(old.parent)
               + cbor.head(cbor.UNSIGNED, suite.number) + cbor.of_bytes(key))
    protected = protected_header(suite.algorithm, key_id or suite.key_id(key))
    return join_message(protected, payload, private.sign(signed_bytes(protected, "cert", federation, payload)))


def reattribute(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    """Says that another certified node sent a changeset."""
    number = draw.choice(copy.numbers)
    cover, packed = copy.parts(number)
    other = _other(copy, draw)
    payload = cover.message.payload.replace(cbor.of_bytes(cover.sender), cbor.of_bytes(other.node), 1)
    protected = protected_header(other.suite.algorithm, other.key_id)
    copy.write(number, _join(join_message(protected, payload, cover.message.signature), packed))
    return changeset_place(number), ("bad-signature",)


def claim(copy: Copy, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    """Says that another certified node made the export."""
    other = _other(copy, draw)
    copy.describe(node=other.node.hex(), seat=other.code)
    return changeset_place(1), ("not-entitled",)


def _other(copy: Copy, draw: random.Random) -> Certificate:
    certificates = map(read_certificate, copy.certificates)
    return draw.choice([one for one in certificates if one.node != copy.description.node])


ALTERATIONS: tuple[Callable[[Copy, random.Random], tuple[str, tuple[str, ...]]], ...] = (
    flip_cover, flip_packed, cut, swap, exchange_packed, drop, leave_gap, repeat, exchange_certificate, exchange_root,
    reattribute, claim)


def write_altered(source: Path, out: Path, seed: int) -> list[Alteration]:
    """Writes one folder in `out` for each alteration, and alterations.json beside them."""
    if read_description(source).changesets < 2 or not Copy(source).neighbours():
        raise WrongUse("altering needs two changesets of one log")
    if out.exists() and any(out.iterdir()):
        raise WrongUse(f"{out} is not empty")
    done = []
    for alter in ALTERATIONS:
        name = alter.__name__.replace("_", "-")
        shutil.copytree(source, out / name)
        file, codes = alter(Copy(out / name), random.Random(f"{seed} {name}"))
        done.append(Alteration(name, file, codes))
    (out / "alterations.json").write_text(json.dumps([asdict(one) for one in done], indent=1) + "\n", encoding="utf-8")
    return done
