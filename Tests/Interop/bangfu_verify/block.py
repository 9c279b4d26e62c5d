"""The entry block: section 9."""

from . import cbor
from .entry import ENTRY_LIMIT, PATH, Core, Entry, Section, read_core
from .refusal import Refusal
from .seal import MOST_ENTRIES


def read_block(reader: cbor.Reader) -> list[Entry]:
    """The entries of a block, column by column."""
    reader.array(4)
    contexts = _read_runs(reader)
    count = len(contexts)
    reader.array(count)
    cores = [read_core(reader.octets()) for _ in range(count)]
    reader.array(count)
    seeds = [reader.octets_or_null(16) for _ in range(count)]
    sections = _read_columns(reader, cores, seeds)
    for core, seed, parts in zip(cores, seeds, sections):
        if seed is not None and not parts:
            raise reader.refuse("a seed beside no sections")
        if len(core.raw) + sum(len(part.shown or b"") for part in parts) > ENTRY_LIMIT:
            raise Refusal("too-large", "an entry of more than 1 MiB")
    return [Entry(*parts) for parts in zip(contexts, cores, seeds, map(tuple, sections))]


def _read_runs(reader: cbor.Reader) -> list[int]:
    """Each entry's context index."""
    contexts: list[int] = []
    for _ in range(reader.array()):
        reader.array(2)
        index, number = reader.unsigned(), reader.unsigned()
        if number < 1:
            raise reader.refuse("an empty run")
        if number > MOST_ENTRIES - len(contexts):
            raise Refusal("too-large", f"block: more than {MOST_ENTRIES} entries")
        contexts += [index] * number
    return contexts


def _read_columns(reader: cbor.Reader, cores: list[Core], seeds: list[bytes | None]) -> list[list[Section]]:
    """Each entry's sections; columns ascend as the reaches of a core do, so sections arrive in order."""
    sections: list[list[Section]] = [[] for _ in cores]
    last = -1
    for _ in range(reader.array()):
        reader.array(2)
        reach = reader.unsigned()
        if reach <= last or reach > PATH:
            raise reader.refuse(f"column {reach} after column {last}")
        last = reach
        members = [index for index, core in enumerate(cores) if reach in core.reaches]
        reader.array(len(members))
        for index in members:
            sections[index].append(_read_part(reader, reach, cores[index], seeds[index], len(sections[index])))
    for core, parts in zip(cores, sections):
        if len(parts) != len(core.reaches):
            raise reader.refuse("a column is missing")
    return sections


def _read_part(reader: cbor.Reader, reach: int, core: Core, seed: bytes | None, index: int) -> Section:
    if reader.next_major() == cbor.BYTES:
        if seed is None:
            raise reader.refuse("a section without salt in an entry without seed")
        return _shown(core, reach, core.suite.section_salt(seed, index), reader.octets())
    if seed is not None:
        raise reader.refuse("a reduced section in an entry with seed")
    match reader.array():
        case 2:
            salt = reader.octets(16)
            return _shown(core, reach, salt, reader.octets())
        case 1:
            return Section(reach, reader.octets(32))
        case count:
            raise reader.refuse(f"a part of {count} items")


def _shown(core: Core, reach: int, salt: bytes, section: bytes) -> Section:
    return Section(reach, core.suite.section_digest(salt, section), salt, section)
