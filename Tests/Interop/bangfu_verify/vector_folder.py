"""A folder of byte vectors: its files, and the federation that their signatures are of."""

import json
from copy import copy
from pathlib import Path
from typing import Any

from .export import WrongUse
from .trust import Trust


class Mismatch(Exception):
    """A vector states something else than its bytes give."""


# How many certificates of the file, from the root to the county, every other file rests on.
_BASE = 5


class Vectors:
    """The files of one folder; the certificates from the root to the county are admitted."""

    def __init__(self, folder: Path):
        if not (folder / "certificate.json").is_file():
            raise WrongUse(f"{folder} has no certificate.json")
        self.folder = folder
        self.statements: list[bytes] = []
        stated = self.load("certificate")
        self.trust = Trust(bytes.fromhex(stated["federation"]))
        self.nodes: dict[str, bytes] = {}
        for vector in stated["certificates"][:_BASE]:
            certificate = self.trust.admit(bytes.fromhex(vector["bytes"]))
            self.statements.append(certificate.message.raw)
            self.nodes[vector["name"]] = certificate.node

    def with_statements(self, more: list[bytes]) -> "Vectors":
        """The same folder for a reader that has admitted these, too."""
        other = copy(self)
        other.statements = [*self.statements, *more]
        other.trust = Trust(self.trust.federation)
        for raw in other.statements:
            other.trust.admit(raw)
        return other

    def load(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.json"))


def vector_folders(folder: Path) -> list[Path]:
    """The folder itself and those in it that have vectors, too."""
    return [folder, *sorted(path.parent for path in folder.glob("*/certificate.json"))]


def same(what: str, derived: Any, stated: Any) -> None:
    if derived != stated:
        raise Mismatch(f"{what}: derived {derived!r}, stated {stated!r}")
