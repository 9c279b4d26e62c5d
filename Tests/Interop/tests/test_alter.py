"""Every altered copy is refused with the code and the file that were foretold."""

import json

import pytest

from bangfu_verify.alter import ALTERATIONS, write_altered
from bangfu_verify.changeset import PREAMBLE_SIZE, split
from bangfu_verify.export import WrongUse, changeset_place, verify_export
from bangfu_verify.refusal import Refusal
from bangfu_verify.row import read_row
from conftest import trust_of
from scene import OTHER, Scene, opening, report
from writing import UP, changeset, rotation


@pytest.fixture
def scene(every_scene):
    return every_scene


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", ["county", "city"])
def test_altered_copies_are_refused(tmp_path, scene, name, seed):
    done = write_altered(scene.write(tmp_path / "export", name), tmp_path / "altered", seed)
    # There is no revocation in it.
    assert len(done) == len(ALTERATIONS) - 1 == len(json.loads((tmp_path / "altered" / "alterations.json").read_text()))
    all_refused(tmp_path / "altered", done)


def all_refused(folder, done):
    for alteration in done:
        with pytest.raises(Refusal) as refusal:
            verify_export(folder / alteration.name)
        assert refusal.value.code in alteration.codes, (alteration, str(refusal.value))
        assert refusal.value.place == alteration.file, (alteration, str(refusal.value))


@pytest.mark.parametrize("seed", range(8))
def test_altered_copies_with_revocations_and_lives_are_refused(tmp_path, fresh, seed):
    """A key taken away, its seals beyond the bound in the journal, and a new life behind them."""
    county, city = fresh.county, fresh.city
    newer = county.with_key(6)
    log, stolen = fresh.reports[0].log, fresh.reports[1].log.seal([report(OTHER, 1)])
    more = [newer.enter(consent=rotation(county, newer)),
            city.revoke(county.key_id, logs=[(log.id, 3, fresh.reports[1].hash)])]
    log.end, log.last = 3, fresh.reports[1].hash
    later = newer.in_life(7).log(UP, city)
    runs = [*fresh.journals["county"], stolen, later.seal([opening(log)]), later.seal([report(OTHER, 1)])]
    source = fresh.write(tmp_path / "export", "county", runs, more, signer=newer)
    assert verify_export(source).excluded == [("revoked", 6)]
    done = write_altered(source, tmp_path / "altered", seed)
    assert len(done) == len(ALTERATIONS)
    all_refused(tmp_path / "altered", done)


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
    trust = trust_of(scene)
    data = changeset(scene.reports[1], scene.county, None)
    cover_bits = len(split(data)[0].message.raw) * 8
    codes = set()
    for bit in range(len(data) * 8 - PREAMBLE_SIZE * 8):
        changed = bytearray(data)
        changed[PREAMBLE_SIZE + bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(Refusal) as refusal:
            read_row(bytes(changed), 1, changeset_place(1), trust, scene.county.id)
        codes.add(refusal.value.code)
        assert refusal.value.code == "digest-mismatch" or bit < cover_bits
    assert codes == {"malformed", "unsupported-suite", "unknown-key", "bad-signature", "digest-mismatch"}
