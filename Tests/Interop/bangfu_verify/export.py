"""An export folder: trust statements and the changesets a node holds, in the order of its journal."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import cbor
from .journal import Journal
from .refusal import Refusal, malformed
from .row import Row, read_row
from .trust import Trust

DESCRIPTION, TRUST, CHANGESETS = "export.json", "trust.cbor", "changesets"


class WrongUse(Exception):
    """The command was given something that is no export folder at all."""


@dataclass(frozen=True)
class Description:
    """Who exported, and how much."""

    federation: bytes
    seat: str
    node: bytes
    changesets: int


def read_description(folder: Path) -> Description:
    path = folder / DESCRIPTION
    if not path.is_file():
        raise WrongUse(f"{folder} has no {DESCRIPTION}")
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        description = Description(bytes.fromhex(stated["federation"]), stated["seat"], bytes.fromhex(stated["node"]),
                                  stated["changesets"])
    except (ValueError, KeyError, TypeError):
        raise malformed("federation, seat, node and changesets are expected").at(DESCRIPTION) from None
    fits = (len(description.federation) == len(description.node) == 16 and isinstance(description.seat, str)
            and type(description.changesets) is int and description.changesets >= 0)
    if not fits:
        raise malformed("a field has not its length or type").at(DESCRIPTION)
    return description


def changeset_place(number: int) -> str:
    return f"{CHANGESETS}/{number:08}.bgfu"


def read_file(folder: Path, place: str, code: str) -> bytes:
    path = folder / place
    if not path.is_file():
        raise Refusal(code, "the file is missing", place)
    return path.read_bytes()


def read_statements(data: bytes) -> list[bytes]:
    reader = cbor.Reader(data, "statements")
    statements = [reader.octets() for _ in range(reader.array())]
    reader.end()
    return statements


def admit_all(folder: Path, description: Description, root: bytes | None) -> Trust:
    """The trust of the export: from the root, whose fingerprint may be known, down to the exporting node."""
    trust = Trust(description.federation)
    try:
        for raw in read_statements(read_file(folder, TRUST, "malformed")):
            is_root = len(trust) == 0
            signer = trust.admit(raw).message.key_id
            if is_root and root is not None and signer != root:
                raise Refusal("unknown-key", f"the root is {signer.hex()}, not the one expected")
        if trust.certificate_of_node(description.node).code != description.seat:
            raise Refusal("not-entitled", f"the exporting node does not sit on {description.seat}")
    except Refusal as refusal:
        raise refusal.at(TRUST) from None
    return trust


def check_file_names(folder: Path, count: int) -> None:
    """Exactly the files 1 to `count`."""
    present = {f"{CHANGESETS}/{path.name}" for path in (folder / CHANGESETS).glob("*")}
    expected = [changeset_place(number) for number in range(1, count + 1)]
    for place in expected:
        if place not in present:
            raise Refusal("position", "the file is missing", place)
    for place in sorted(present.difference(expected)):
        raise malformed(f"the export has only {count} changesets").at(place)


def verify_export(folder: Path, root: bytes | None = None,
                  tell: Callable[[str], None] = lambda line: None) -> Journal:
    """Verifies everything in `folder`, each changeset by itself and then their order; `tell` hears one line for each."""
    description = read_description(folder)
    trust = admit_all(folder, description, root)
    check_file_names(folder, description.changesets)
    rows = [_row(folder, number, trust, description.node) for number in range(1, description.changesets + 1)]
    journal = Journal(trust, description.node, rows)
    for row in rows:
        try:
            tell(f"{row.place}: {journal.take(row)}")
        except Refusal as refusal:
            raise refusal.at(row.place) from None
    journal.finish()
    return journal


def _row(folder: Path, number: int, trust: Trust, node: bytes) -> Row:
    place = changeset_place(number)
    try:
        return read_row(read_file(folder, place, "position"), number, place, trust, node)
    except Refusal as refusal:
        raise refusal.at(place) from None
