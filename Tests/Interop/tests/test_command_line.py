"""The commands: what they print and how they exit."""

import uuid

import pytest

from bangfu_verify.command_line import main
from bangfu_verify.export import changeset_place
from conftest import VECTORS
from scene import OTHER, RECORD, report
from writing import UP


def run(capsys, *arguments) -> tuple[int, list[str]]:
    code = main([str(argument) for argument in arguments])
    return code, capsys.readouterr().out.splitlines()


def test_vectors_are_counted(capsys):
    code, printed = run(capsys, "vectors", VECTORS)
    assert code == 0 and len(printed) == 26 and printed[-1] == "vectors: ok files=25"


def test_a_changed_vector_is_named(capsys, tmp_path):
    national = tmp_path / "national"
    national.mkdir()
    for folder, place in ((tmp_path, VECTORS), (national, VECTORS / "national")):
        for path in place.glob("*.json"):
            (folder / path.name).write_bytes(path.read_bytes())
    receipt = national / "receipt.json"
    receipt.write_text(receipt.read_text(encoding="utf-8").replace('"durable": 7', '"durable": 8'), encoding="utf-8")
    code, printed = run(capsys, "vectors", tmp_path)
    assert code == 1 and printed[-1].startswith("vectors: refused national/receipt.json: receipt: derived")


def test_a_vector_file_that_nothing_reads_is_named(capsys, tmp_path):
    for name in ("certificate", "snapshot"):
        (tmp_path / f"{name}.json").write_bytes((VECTORS / "certificate.json").read_bytes())
    code, printed = run(capsys, "vectors", tmp_path)
    assert code == 1 and printed[-1] == "vectors: refused snapshot.json: nothing here reads this file"


def test_an_export_is_told_line_by_line(capsys, tmp_path, scene):
    folder = scene.write(tmp_path / "county", "county")
    code, printed = run(capsys, "export", "-v", folder, "--root", scene.root.key_id.hex())
    assert code == 0 and len(printed) == 6
    assert printed[0] == f"{changeset_place(1)}: ok entries 0..<2, relayed seals 0, excerpts 0"
    assert printed[-1] == "verify: ok changesets=5 entries=6 excerpts=1 records=2"
    assert run(capsys, "export", folder) == (0, printed[-1:])


def test_a_refused_export_names_file_code_and_reason(capsys, tmp_path, scene):
    folder = scene.write(tmp_path / "county", "county")
    path = folder / changeset_place(3)
    path.write_bytes(path.read_bytes()[:-1])
    code, printed = run(capsys, "export", "-v", folder)
    assert code == 1 and len(printed) == 1
    reason = "digest-mismatch: the packed bytes are not those of the cover"
    assert printed[-1] == f"verify: refused {changeset_place(3)}: {reason}"


def test_a_records_way_is_told(capsys, tmp_path, scene):
    folder = scene.write(tmp_path / "county", "county")
    record, other = uuid.UUID(bytes=RECORD), uuid.UUID(bytes=OTHER)
    code, printed = run(capsys, "record", folder, record, "--approved")
    assert code == 0 and printed[0] == f"record {record}"
    assert printed[-1] == "record: ok state=approved versions=2 decisions=3"
    assert run(capsys, "record", folder, other)[0] == 0
    code, printed = run(capsys, "record", folder, other, "--approved")
    assert code == 1 and printed[-1] == "record: refused state=pending versions=1 decisions=0"
    code, printed = run(capsys, "record", folder, uuid.UUID(int=0))
    assert code == 1 and printed[-1].startswith("verify: refused missing-entry")


def test_a_record_that_needs_no_review_waits_for_nothing(capsys, tmp_path, scene):
    own = scene.county.log(UP, scene.city).seal([report(RECORD, 1, ceiling=3)])
    folder = scene.write(tmp_path / "county", "county", [own])
    code, printed = run(capsys, "record", folder, uuid.UUID(bytes=RECORD), "--approved")
    assert code == 0 and printed[-1] == "record: ok state=unreviewed versions=1 decisions=0"


def test_altered_copies_are_told(capsys, tmp_path, scene):
    folder = scene.write(tmp_path / "county", "county")
    code, printed = run(capsys, "alter", folder, tmp_path / "altered", "--seed", 3)
    assert code == 0 and "drop: changesets/" in "\n".join(printed)
    for line in printed:
        assert run(capsys, "export", tmp_path / "altered" / line.split(":")[0])[0] == 1


def test_wrong_use_is_exit_2(capsys, tmp_path):
    assert run(capsys, "export", tmp_path)[0] == 2
    assert run(capsys, "vectors", tmp_path)[0] == 2
    for arguments in (["export"], ["record", "x", "not-a-uuid"], ["export", "x", "--root", "12"], ["other"]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 2
