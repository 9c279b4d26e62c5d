"""The way of one record: versions, decisions, evidence, and what contradicts section 13."""

import pytest

from bangfu_verify.export import verify_export
from bangfu_verify.record import lines, way_of
from bangfu_verify.refusal import Refusal
from scene import APPROVE, NATION, OTHER, PASS, RECORD, REJECT, RETURN, REVIEWERS, WITHDRAW, decision, relay, report, reveal
from writing import DOWN, UP, Node


@pytest.fixture
def scene(every_scene):
    return every_scene


@pytest.fixture
def way(tmp_path, scene):
    def follow(name, runs=None, record=RECORD):
        journal = verify_export(scene.write(tmp_path / name, name, runs))
        return way_of(journal, record), journal.trust
    return follow


def test_a_county_shows_what_was_decided_about_its_record(way):
    told, trust = way("county")
    assert [version.state for version in told.versions] == ["returned", "approved"]
    text = lines(told, trust)
    assert text[:2] == ["home 320506 county, kind 1", "path 320500 city, 320000 province, 000000 national"]
    assert any(line.startswith("  return by 320500 city") for line in text)
    assert any(line.startswith("  approve by 320500 city") for line in text)
    assert any(line.startswith("  approve by 320000 province") for line in text)
    assert any("excerpt (proof hashes 0), seal of 320000 province, down log" in line for line in text)
    assert "    reviewers shown (fields 2, bytes 8)" in text


def test_the_nation_shows_the_whole_chain_without_what_is_not_its_to_see(way):
    told, trust = way("nation")
    assert [version.state for version in told.versions] == ["approved"] and told.decisions == 2
    text = lines(told, trust)
    assert "    nation shown (fields 2, bytes 17)" in text
    assert "    reviewers withheld" in text and "    city withheld" in text
    assert any("excerpt (proof hashes 1), seal of 320500 city, up log" in line for line in text)


def test_a_record_waits_for_the_next_seat(way, scene):
    told, trust = way("county", scene.journals["county"][:4])
    assert (told.last.state, told.last.waits_for) == ("pending", "320000 province")
    assert "  pending, waits for 320000 province (review ceiling 1)" in lines(told, trust)
    told, _ = way("city", scene.journals["city"][:2], OTHER)
    assert (told.last.state, told.last.waits_for) == ("pending", "320500 city")


def test_a_record_that_is_not_here_is_refused(way):
    with pytest.raises(Refusal, match="missing-entry"):
        way("county", record=bytes(16))


def after_report(scene, *decisions, entries=None):
    """The county's report of a record under a city's decisions, in the county's export."""
    reported = scene.county.log(UP, scene.city).seal(entries or [report(RECORD, 1)])
    subject = reported.entries[0].hash(scene.county)
    log = scene.city.log(DOWN, scene.county)
    return [reported, *[log.seal([make(subject)]) for make in decisions]]


def decide(kind, record=RECORD, version=1):
    return lambda subject: decision(kind, record, version, subject)


@pytest.mark.parametrize("kinds, state, notes", [
    ([APPROVE, RETURN], "pending", [None, "already-decided"]), ([RETURN, APPROVE], "returned", [None, "already-decided"]),
    ([PASS], "pending", [None]), ([REJECT], "pending", [None]), ([WITHDRAW], "pending", ["out-of-scope"]),
])
def test_the_first_decision_of_a_level_takes_effect(way, scene, kinds, state, notes):
    told, _ = way("county", after_report(scene, *map(decide, kinds)))
    assert told.last.state == state
    assert [one.without_effect for one in told.last.decisions] == notes


@pytest.mark.parametrize("make", [decide(APPROVE, OTHER), decide(APPROVE, RECORD, 2)])
def test_a_decision_that_names_another_record_or_version_has_no_effect(way, scene, make):
    told, _ = way("county", after_report(scene, make))
    assert (told.last.state, told.last.decisions[0].without_effect) == ("pending", "out-of-scope")


def test_a_relay_seat_below_the_ceiling_passes_on(way, scene):
    runs = after_report(scene, decide(PASS))
    subject = runs[0].entries[0].hash(scene.county)
    approved = scene.province.log(DOWN, scene.city).seal([decision(APPROVE, RECORD, 1, subject)])
    down = runs[1].log.seal([relay(approved)], [approved.excerpt([0], reveal())])
    told, _ = way("county", [*runs, down])
    assert told.last.state == "approved"


def test_the_ceiling_itself_must_decide(way, scene):
    told, _ = way("county", after_report(scene, decide(PASS), entries=[report(RECORD, 1, ceiling=2)]))
    assert told.last.state == "pending"


def test_a_level_above_the_ceiling_decides_nothing(way, scene):
    told, _ = way("county", after_report(scene, decide(APPROVE), entries=[report(RECORD, 1, ceiling=3)]))
    assert (told.last.state, told.last.decisions[0].without_effect) == ("unreviewed", "out-of-scope")


def test_an_approval_above_a_level_that_has_not_decided_is_a_contradiction(way, scene):
    runs = after_report(scene)
    subject = runs[0].entries[0].hash(scene.county)
    approved = scene.province.log(DOWN, scene.city).seal([decision(APPROVE, RECORD, 1, subject)])
    down = scene.city.log(DOWN, scene.county).seal([relay(approved)], [approved.excerpt([0], reveal())])
    with pytest.raises(Refusal, match="320000 province approved what 320500 city had not"):
        way("county", [*runs, down])


def test_a_home_takes_a_pending_version_back(way, scene):
    runs = after_report(scene)
    back = runs[0].log.seal([decision(WITHDRAW, RECORD, 1, runs[0].entries[0].hash(scene.county))])
    assert way("county", [*runs, back])[0].last.state == "withdrawn"


def test_versions_are_the_homes_and_follow_each_other(way, scene):
    log = scene.county.log(UP, scene.city)
    with pytest.raises(Refusal, match="schema"):
        way("county", [log.seal([report(RECORD, 1), report(RECORD, 2)])])
    with pytest.raises(Refusal, match="schema"):
        other = report(OTHER, 1)
        way("city", [scene.county.log(UP, scene.city).seal([other, report(RECORD, 2, other.hash(scene.county))])])


def test_one_version_is_stated_once(way, scene):
    twice = [report(RECORD, 1), report(RECORD, 1, ceiling=0)]
    with pytest.raises(Refusal, match="superseded"):
        way("county", [scene.county.log(UP, scene.city).seal(twice)])


def test_another_node_states_no_version(tmp_path, scene):
    neighbour = Node(7, "320507", 3, scene.city)
    first = scene.county.log(UP, scene.city).seal([report(RECORD, 1)])
    second = neighbour.log(UP, scene.city).seal([report(RECORD, 2, first.entries[0].hash(scene.county))])
    folder = scene.write(tmp_path / "city", "city", [first, second], more=[neighbour.certificate()])
    with pytest.raises(Refusal, match="out-of-scope"):
        way_of(verify_export(folder), RECORD)


def test_sections_withheld_and_shown_are_told_apart(way, scene):
    up = scene.city.log(UP, scene.province).seal([relay(scene.reports[0])],
                                                 [scene.reports[0].excerpt([0], reveal(NATION, REVIEWERS))])
    told, trust = way("province", [up])
    text = lines(told, trust)
    assert sum("shown" in line for line in text) == 2 and sum("withheld" in line for line in text) == 1
