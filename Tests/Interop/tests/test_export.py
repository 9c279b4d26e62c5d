"""Export folders: what a node holds is verified from the root down, in the order of its journal."""

import json

import pytest

from bangfu_verify.export import WrongUse, changeset_place, verify_export
from bangfu_verify.refusal import MISSING_ENTRY, Refusal
from scene import APPROVE, CITY, NATION, OTHER, PATH, RECORD, REPORT, REVIEWERS
from scene import Scene, decision, publication, relay, report, reveal
from writing import CHANNEL, DOWN, UP, Entry, Node, block, changeset, encode


@pytest.fixture
def scene(every_scene):
    return every_scene


def refused(folder, place, code, root=None):
    with pytest.raises(Refusal) as refusal:
        verify_export(folder, root)
    assert (refusal.value.code, refusal.value.place) == (code, place)
    assert str(refusal.value).startswith(place)


@pytest.mark.parametrize("name, counts", [("county", (5, 6, 1)), ("city", (7, 10, 2)), ("province", (3, 8, 3)),
                                          ("nation", (1, 4, 2))])
def test_every_nodes_export_verifies(tmp_path, scene, name, counts):
    told = []
    journal = verify_export(scene.write(tmp_path / "export", name), scene.root.key_id, told.append)
    assert (journal.changesets, journal.entries, journal.excerpts) == counts
    assert len(told) == counts[0] and all(": ok " in line for line in told)
    assert RECORD in journal.records()


def test_another_root_is_refused(tmp_path, scene):
    refused(scene.write(tmp_path / "export", "county"), "trust.cbor", "unknown-key", root=scene.city.key_id)


def test_a_folder_without_description_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse):
        verify_export(tmp_path)


@pytest.mark.parametrize("change", [{"changesets": -1}, {"changesets": True}, {"node": "aa"}, {"federation": 7},
                                    {"seat": 1}])
def test_a_wrong_description_is_malformed(tmp_path, scene, change):
    folder = scene.write(tmp_path / "export", "county")
    stated = json.loads((folder / "export.json").read_text())
    (folder / "export.json").write_text(json.dumps({**stated, **change}))
    refused(folder, "export.json", "malformed")


def test_the_exporting_node_sits_where_it_says(tmp_path, scene):
    folder = scene.write(tmp_path / "export", "county")
    stated = json.loads((folder / "export.json").read_text())
    (folder / "export.json").write_text(json.dumps({**stated, "seat": "320500"}))
    refused(folder, "trust.cbor", "not-entitled")


def test_another_federation_fits_no_signature(tmp_path, scene):
    folder = scene.write(tmp_path / "export", "county")
    stated = json.loads((folder / "export.json").read_text())
    (folder / "export.json").write_text(json.dumps({**stated, "federation": "00" * 16}))
    refused(folder, "trust.cbor", "bad-signature")


def test_missing_and_surplus_files_are_named(tmp_path, scene):
    folder = scene.write(tmp_path / "export", "county")
    (folder / changeset_place(6)).write_bytes(b"")
    refused(folder, changeset_place(6), "malformed")
    (folder / changeset_place(6)).unlink()
    (folder / changeset_place(5)).unlink()
    refused(folder, changeset_place(5), "position")


def test_statements_come_from_the_root_down(tmp_path, scene):
    folder = scene.write(tmp_path / "export", "county")
    root, nation, province, city, county = scene.statements
    (folder / "trust.cbor").write_bytes(encode([root, nation, city, province, county]))
    refused(folder, "trust.cbor", "unknown-key")
    (folder / "trust.cbor").write_bytes(encode([root, nation, province, city]))
    refused(folder, "trust.cbor", "unknown-key")
    (folder / "trust.cbor").write_bytes(encode([nation, province, city, county]))
    refused(folder, "trust.cbor", "not-entitled")


def test_a_cover_for_a_receiver_is_not_an_exports(tmp_path, scene):
    folder = scene.write(tmp_path / "export", "county")
    (folder / changeset_place(1)).write_bytes(changeset(scene.reports[0], scene.county, scene.city))
    refused(folder, changeset_place(1), "wrong-receiver")


def test_a_log_between_two_others_is_not_the_nodes_to_export(tmp_path, scene):
    refused(scene.write(tmp_path / "export", "county", [scene.province_decision]), changeset_place(1), "not-entitled")


def test_an_author_that_contradicts_itself_forks(tmp_path, scene):
    other = scene.county.log(UP, scene.city).seal([report(OTHER, 1)])
    refused(scene.write(tmp_path / "export", "county", [scene.reports[0], other]), changeset_place(2), "fork")


def test_a_relayed_seal_that_is_not_the_one_held_forks(tmp_path, scene):
    other = scene.county.log(UP, scene.city).seal([report(OTHER, 1)])
    up = scene.city.log(UP, scene.province).seal([relay(other)])
    refused(scene.write(tmp_path / "export", "city", [scene.reports[0], up]), changeset_place(2), "fork")


def test_a_seal_that_names_another_before_it_breaks_the_chain(tmp_path, scene):
    log = scene.county.log(UP, scene.city)
    first, second = log.seal([report(RECORD, 1)]), log.seal([report(OTHER, 1)], previous=bytes(32))
    refused(scene.write(tmp_path / "export", "county", [first, second]), changeset_place(2), "chain-broken")


def test_relayed_seals_upward_leave_no_gap(tmp_path, scene):
    up = scene.city.log(UP, scene.province).seal([relay(scene.reports[1])])
    refused(scene.write(tmp_path / "export", "province", [up]), changeset_place(1), "position")


def test_relayed_seals_that_come_too_early_wait(tmp_path, scene):
    log = scene.city.log(UP, scene.province)
    runs = [log.seal([relay(scene.reports[1])]), log.seal([relay(scene.reports[0])])]
    assert verify_export(scene.write(tmp_path / "export", "province", runs)).changesets == 2


def test_relayed_seals_downward_may_leave_gaps(tmp_path, scene):
    log = scene.province.log(DOWN, scene.city)
    _, second = log.seal([decision(APPROVE, OTHER, 1, bytes(32))]), log.seal([report(OTHER, 1)])
    down = scene.city.log(DOWN, scene.county).seal([relay(second)])
    assert verify_export(scene.write(tmp_path / "export", "county", [down])).changesets == 1


def test_an_excerpt_needs_its_seal(tmp_path, scene):
    up = scene.city.log(UP, scene.province).seal([relay(scene.reports[0])],
                                                 [scene.reports[1].excerpt([0], reveal(NATION, REVIEWERS))])
    refused(scene.write(tmp_path / "export", "province", [up]), changeset_place(1), "unknown-seal")


def test_an_excerpt_must_belong_to_its_seal(tmp_path, scene):
    excerpt = scene.reports[0].excerpt([1], reveal(NATION, REVIEWERS))
    excerpt[3] = [[0, 1]]
    up = scene.city.log(UP, scene.province).seal([relay(scene.reports[0])], [excerpt])
    refused(scene.write(tmp_path / "export", "province", [up]), changeset_place(1), "proof-mismatch")


@pytest.mark.parametrize("reaches, code", [((NATION,), "body-incomplete"), ((NATION, REVIEWERS, CITY), "over-disclosed")])
def test_an_excerpt_shows_exactly_what_its_reader_may_see(tmp_path, scene, reaches, code):
    up = scene.city.log(UP, scene.province).seal([relay(scene.reports[0])],
                                                 [scene.reports[0].excerpt([0], reveal(*reaches))])
    refused(scene.write(tmp_path / "export", "province", [up]), changeset_place(1), code)


def test_the_words_of_a_decision_go_down_and_not_up(tmp_path, scene):
    down = scene.city.log(DOWN, scene.county).seal([relay(scene.province_decision)],
                                                   [scene.province_decision.excerpt([0], reveal())])
    refused(scene.write(tmp_path / "down", "county", [*scene.journals["county"][:1], down]), changeset_place(2),
            "body-incomplete")
    worded = scene.city.log(UP, scene.province).seal([decision(APPROVE, RECORD, 1, bytes(32), "同意")])
    up = scene.province.log(UP, scene.nation).seal([relay(worded)], [worded.excerpt([0], reveal(PATH))])
    refused(scene.write(tmp_path / "up", "nation", [up]), changeset_place(1), "over-disclosed")


def test_an_entry_has_the_suite_of_the_seal_it_stands_under(tmp_path, scene):
    other = Entry({2: REPORT, 3: RECORD, 4: 1, 6: 1}, report(RECORD, 1).sections, suite=3 - scene.county.suite)
    run = scene.county.log(UP, scene.city).seal([other])
    refused(scene.write(tmp_path / "export", "county", [run]), changeset_place(1), "malformed")
    up = scene.city.log(UP, scene.province).seal([relay(run)], [run.excerpt([0], reveal(NATION, REVIEWERS))])
    refused(scene.write(tmp_path / "excerpt", "province", [up]), changeset_place(1), "malformed")


def test_an_author_shows_its_own_entries_whole(tmp_path, scene):
    log = scene.county.log(UP, scene.city)
    run = log.seal([report(RECORD, 1)])
    run.body = encode([block(run.entries, run.kinds, reveal(NATION), scene.county.suite), []])
    refused(scene.write(tmp_path / "export", "county", [run]), changeset_place(1), "body-incomplete")


def test_an_entry_that_a_decision_names_must_be_there(tmp_path, scene):
    runs = scene.journals["county"][1:2]
    refused(scene.write(tmp_path / "export", "county", runs), changeset_place(1), MISSING_ENTRY)


def test_a_key_without_certificate_seals_nothing(tmp_path):
    scene = Scene()
    stranger = Node(9, "320599", 3, scene.city)
    run = stranger.log(UP, scene.city).seal([report(RECORD, 1)])
    refused(scene.write(tmp_path / "export", "city", [run]), changeset_place(1), "unknown-key")


def test_a_version_may_show_less_when_a_newer_one_takes_sections_away(tmp_path, scene):
    log = scene.county.log(UP, scene.city)
    first = report(RECORD, 1)
    second = report(RECORD, 2, first.hash(scene.county), ceiling=2)
    reports = [log.seal([first]), log.seal([second])]
    ascent = scene.city.log(UP, scene.province).seal(
        [relay(reports[0]), relay(reports[1])],
        [reports[0].excerpt([0], reveal(NATION)), reports[1].excerpt([0], reveal(NATION))])
    journal = verify_export(scene.write(tmp_path / "export", "province", [ascent]))
    assert journal.excerpts == 2


def test_channels_hold_publications_of_seats_above_and_nothing_else_does(tmp_path, scene):
    channel = scene.nation.log(CHANNEL, scene.nation).seal([publication(1)])
    folder = scene.write(tmp_path / "above", "county", [channel])
    assert verify_export(folder).changesets == 1
    below = scene.city.log(CHANNEL, scene.city).seal([publication(1)])
    refused(scene.write(tmp_path / "below", "province", [below]), changeset_place(1), "not-entitled")
    other = scene.nation.log(CHANNEL, scene.city).seal([publication(1)])
    refused(scene.write(tmp_path / "peer", "county", [other]), changeset_place(1), "not-entitled")
    wrong = scene.nation.log(CHANNEL, scene.nation).seal([report(RECORD, 1)])
    refused(scene.write(tmp_path / "kind", "county", [wrong]), changeset_place(1), "not-entitled")
    plain = scene.county.log(UP, scene.city).seal([publication(1)])
    refused(scene.write(tmp_path / "log", "county", [plain]), changeset_place(1), "not-entitled")
