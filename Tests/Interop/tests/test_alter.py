"""Every altered copy is refused with the code and the file that were foretold."""

import json

import pytest

from bangfu_verify.alter import ALTERATIONS, write_altered
from bangfu_verify.changeset import PREAMBLE_SIZE, split
from bangfu_verify.export import WrongUse, changeset_place, verify_export
from bangfu_verify.journal import Journal
from bangfu_verify.refusal import Refusal
from bangfu_verify.trust import Trust
from scene import Scene
from writing import FEDERATION, changeset


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", ["county", "city"])
def test_altered_copies_are_refused(tmp_path, scene, name, seed):
    done = write_altered(scene.write(tmp_path / "export", name), tmp_path / "altered", seed)
    assert len(done) == len(ALTERATIONS) == len(json.loads((tmp_path / "altered" / "alterations.json").read_text()))
    for alteration in done:
        with pytest.raises(Refusal) as refusal:
            verify_export(tmp_path / "altered" / alteration.name)
        assert refusal.value.code in alteration.codes, (alteration, str(refusal.value))
        assert refusal.value.place == alteration.file, (alteration, str(refusal.value))


def test_one_seed_writes_the_same_bytes(tmp_path, scene):
    source = scene.write(tmp_path / "export", "city")
    for out in ("one", "two"):
        write_altered(source, tmp_path / out, 7)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) > len(ALTERATIONS)
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)


def test_altering_needs_two_changesets_of_one_log_and_an_empty_place(tmp_path, scene):
    with pytest.raises(WrongUse):
        write_altered(scene.write(tmp_path / "nation", "nation"), tmp_path / "altered", 1)
    with pytest.raises(WrongUse):
        write_altered(scene.write(tmp_path / "county", "county"), tmp_path / "nation", 1)


def test_no_bit_of_cover_or_packed_may_change():
    scene = Scene()
    trust = Trust(FEDERATION)
    for node in scene.nodes:
        trust.admit(node.certificate())
    data = changeset(scene.reports[1], scene.county, None)
    cover_bits = len(split(data)[0].message.raw) * 8
    codes = set()
    for bit in range(len(data) * 8 - PREAMBLE_SIZE * 8):
        changed = bytearray(data)
        changed[PREAMBLE_SIZE + bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(Refusal) as refusal:
            Journal(trust, scene.county.id).take(bytes(changed), changeset_place(1))
        codes.add(refusal.value.code)
        assert refusal.value.code == "digest-mismatch" or bit < cover_bits
    assert codes == {"malformed", "unsupported-suite", "unknown-key", "bad-signature", "digest-mismatch"}
