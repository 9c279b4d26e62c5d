"""The commands. Exit codes: 0 verified, 1 refused with a reason, 2 wrong use."""

import argparse
import uuid
from pathlib import Path

from .alter import write_altered
from .export import WrongUse, verify_export
from .record import APPROVED, UNREVIEWED, lines, way_of
from .refusal import Refusal
from .vector_folder import Mismatch, Vectors, vector_folders
from .vectors import check


def _key_id(text: str) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != 16:
        raise ValueError(text)
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bangfu_verify", description="Verifies what nodes of a federation signed.")
    commands = parser.add_subparsers(dest="command", required=True)
    vectors = commands.add_parser("vectors", help="the byte vectors beside the document")
    vectors.add_argument("folder", type=Path)
    export = commands.add_parser("export", help="an export folder")
    export.add_argument("-v", "--verbose", action="store_true", help="one line for each changeset")
    record = commands.add_parser("record", help="the way of one record in an export folder")
    for command in (export, record):
        command.add_argument("folder", type=Path)
        command.add_argument("--root", type=_key_id, metavar="FINGERPRINT", help="the root's key, 32 hexadecimal digits")
    record.add_argument("record", type=uuid.UUID)
    record.add_argument("--approved", action="store_true", help="refuse a last version not approved up to its ceiling")
    alter = commands.add_parser("alter", help="write altered copies of an export folder, to be refused")
    alter.add_argument("folder", type=Path)
    alter.add_argument("out", type=Path)
    alter.add_argument("--seed", type=int, required=True)
    return parser


def _vectors(options: argparse.Namespace) -> int:
    files = 0
    for folder in vector_folders(options.folder):
        vectors = Vectors(folder)
        for name in vectors.names():
            place = (folder / f"{name}.json").relative_to(options.folder)
            try:
                print(f"{place}: ok {check(vectors, name)}")
            except (Refusal, Mismatch) as error:
                print(f"vectors: refused {place}: {error}")
                return 1
            files += 1
    print(f"vectors: ok files={files}")
    return 0


def _export(options: argparse.Namespace) -> int:
    journal = verify_export(options.folder, options.root, print if options.verbose else lambda line: None)
    for code, number in journal.excluded:
        print(f"{code} changeset {number}")
    print(f"verify: ok changesets={journal.changesets} entries={journal.entries} excerpts={journal.excerpts} "
          f"records={len(journal.records())}")
    return 0


def _record(options: argparse.Namespace) -> int:
    journal = verify_export(options.folder, options.root)
    way = way_of(journal, options.record.bytes)
    print(f"record {options.record}")
    for line in lines(way, journal.trust):
        print(line)
    counts = f"versions={len(way.versions)} decisions={way.decisions}"
    # A version that needs no review above its home has nothing to wait for.
    if options.approved and way.last.state not in (APPROVED, UNREVIEWED):
        print(f"record: refused state={way.last.state} {counts}")
        return 1
    print(f"record: ok state={way.last.state} {counts}")
    return 0


def _alter(options: argparse.Namespace) -> int:
    for alteration in write_altered(options.folder, options.out, options.seed):
        print(f"{alteration.name}: {alteration.file} to be refused as {' or '.join(alteration.codes)}")
    return 0


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    commands = {"vectors": _vectors, "export": _export, "record": _record, "alter": _alter}
    try:
        return commands[options.command](options)
    except Refusal as refusal:
        print(f"verify: refused {refusal}")
        return 1
    except (WrongUse, FileNotFoundError) as error:
        print(f"wrong use: {error}")
        return 2
