"""What an excerpt shows at a level: reaches (section 7.3) and exact disclosure (section 13)."""

from . import entry as kinds
from .entry import Core, Entry
from .refusal import Refusal
from .statement import Certificate
from .trust import Trust

# A lowered ceiling takes these away from versions that were sent before (section 13).
_NARROWABLE = (kinds.REVIEWERS, kinds.CITY)


def check_own(entries: tuple[Entry, ...]) -> None:
    """An author's own changeset shows every section. A sealed number may have left the journal that holds it (section 13)."""
    sections = (section for entry in entries for section in entry.sections)
    if not all(section.shown is not None or section.reach == kinds.MATCH for section in sections):
        raise Refusal("body-incomplete", "an author withholds a section of its own entry")


def check_excerpt(entries: tuple[Entry, ...], author: bytes, receiver: bytes, trust: Trust) -> list[Core]:
    """An excerpt shows exactly what its reaches allow at the receiver's level. Gives the reports that show less, which only
    a newer version with a lower ceiling makes lawful."""
    peer = trust.certificate_of_node(receiver)
    below_author = trust.is_below(receiver, author)
    narrowed = []
    for entry in entries:
        for section in entry.sections:
            wanted = _is_shown(entry.core, section.reach, peer, below_author)
            name = kinds.REACH_NAMES[section.reach]
            if wanted and section.shown is None:
                if section.reach == kinds.MATCH:
                    continue
                if section.reach not in _NARROWABLE:
                    raise Refusal("body-incomplete", f"section {name} of a {entry.core.type_name} is withheld")
                narrowed.append(entry.core)
            if not wanted and section.shown is not None:
                raise Refusal("over-disclosed", f"section {name} of a {entry.core.type_name} is shown to {peer.seat}")
    return narrowed


def _is_shown(core: Core, reach: int, receiver: Certificate, below_author: bool) -> bool:
    reviews = core.ceiling is not None and receiver.level >= core.ceiling
    match reach:
        case kinds.NATION | kinds.MATCH:
            return True
        case kinds.REVIEWERS:
            return reviews
        case kinds.CITY:
            return reviews and receiver.level == 2
        case kinds.PATH:
            return below_author
        case _:
            return False
