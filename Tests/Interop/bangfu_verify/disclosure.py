"""What an excerpt shows at a level: reaches (section 7.3) and exact disclosure (section 13)."""

from . import entry as kinds
from .entry import Core, Entry
from .refusal import Refusal
from .trust import Certificate, Trust


def check_own(entries: tuple[Entry, ...]) -> None:
    """An author's own changeset shows every section."""
    if not all(entry.shows_all for entry in entries):
        raise Refusal("body-incomplete", "an author withholds a section of its own entry")


def check_excerpt(entries: tuple[Entry, ...], author: bytes, receiver: bytes, trust: Trust) -> None:
    """An excerpt shows exactly what its reaches allow at the receiver's level."""
    peer = trust.certificate_of_node(receiver)
    below_author = trust.is_below(receiver, author)
    for entry in entries:
        for section in entry.sections:
            wanted = _is_shown(entry.core, section.reach, peer, below_author)
            name = kinds.REACH_NAMES[section.reach]
            if wanted and section.shown is None:
                raise Refusal("body-incomplete", f"section {name} of a {entry.core.type_name} is withheld")
            if not wanted and section.shown is not None:
                raise Refusal("over-disclosed", f"section {name} of a {entry.core.type_name} is shown to {peer.seat}")


def _is_shown(core: Core, reach: int, receiver: Certificate, below_author: bool) -> bool:
    reviews = core.ceiling is not None and receiver.level >= core.ceiling
    match reach:
        case kinds.NATION:
            return True
        case kinds.REVIEWERS:
            return reviews
        case kinds.CITY:
            return reviews and receiver.level == 2
        case kinds.PATH:
            return below_author
        case _:
            # The sealing of `match` is not part of this version: nobody but the home's parent sees it.
            return False
