"""Exports that hold what was taken back: revoked keys, and several lives of one log (sections 6.3, 13.2 and 13.3)."""

import uuid

import pytest

from bangfu_verify.command_line import main
from bangfu_verify.export import changeset_place, verify_export
from bangfu_verify.record import way_of
from bangfu_verify.refusal import Refusal
from scene import (APPROVE, CITY, NATION, OPEN, OTHER, RECORD, REVIEWERS, decision, opening, publication, relay, report,
                   reveal)
from writing import CHANNEL, DOWN, UP, Entry, rotation


@pytest.fixture
def county(fresh):
    return fresh.county


@pytest.fixture
def city(fresh):
    return fresh.city


@pytest.fixture
def export(tmp_path, fresh):
    def verified(name, runs, more=(), signer=None):
        number = len(list(tmp_path.iterdir()))
        return verify_export(fresh.write(tmp_path / str(number), name, runs, more, signer))
    return verified


def refused(place, code, export, *arguments):
    with pytest.raises(Refusal) as refusal:
        export(*arguments)
    assert (refusal.value.code, refusal.value.place) == (code, place), str(refusal.value)


def back_to(log, run) -> None:
    """The log goes on behind `run` once more, as a copy of it does."""
    log.end, log.last = (run.first + len(run.entries), run.hash) if run else (0, None)


def stolen(county, city):
    """Two seals of the county's key, then one by whoever stole it, and the revocation at the end of the first two."""
    log = county.log(UP, city)
    first = report(RECORD, 1)
    runs = [log.seal([first]), log.seal([report(OTHER, 1)]), log.seal([report(RECORD, 2, first.hash(county))])]
    return log, runs, lambda: city.revoke(county.key_id, logs=[(log.id, 2, runs[1].hash)])


def test_what_stands_past_the_bound_of_a_key_is_told_and_not_counted(export, county, city):
    _, runs, revoke = stolen(county, city)
    assert [version.report.core.version for version in way_of(export("city", runs), RECORD).versions] == [1, 2]
    journal = export("city", runs, [revoke()])
    assert (journal.changesets, journal.entries, journal.excluded) == (3, 2, [("revoked", 3)])
    assert [version.report.core.version for version in way_of(journal, RECORD).versions] == [1]


def test_the_lines_of_an_export_name_what_is_not_counted(capsys, tmp_path, fresh, county, city):
    _, runs, revoke = stolen(county, city)
    folder = fresh.write(tmp_path / "export", "city", runs, [revoke()])
    assert main(["export", "-v", str(folder)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[2:] == [f"{changeset_place(3)}: revoked entries 2..<3, not counted", "revoked changeset 3",
                           "verify: ok changesets=3 entries=2 excerpts=0 records=2"]
    assert main(["record", str(folder), str(uuid.UUID(bytes=RECORD))]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "record: ok state=pending versions=1 decisions=0"


def test_a_log_goes_on_behind_the_bound_with_the_new_key(export, county, city):
    log, runs, revoke = stolen(county, city)
    newer = county.with_key(6)
    more = [newer.enter(), revoke()]
    back_to(log, runs[1])
    log.author = newer
    again = log.seal([report(RECORD, 2, runs[0].entries[0].hash(county), ceiling=2)])
    journal = export("city", [*runs, again], more)
    assert (journal.entries, journal.excluded) == (3, [("revoked", 3)])
    assert way_of(journal, RECORD).last.report.core.ceiling == 2
    # What the new key wrote upon what was taken back goes with it.
    back_to(log, runs[2])
    assert export("city", [*runs, log.seal([report(OTHER, 2)])], more).excluded == [("revoked", 3), ("revoked", 4)]


def test_a_log_that_the_revocation_does_not_list_goes_whole(export, county, city):
    _, runs, _ = stolen(county, city)
    journal = export("city", runs, [city.revoke(county.key_id)])
    assert (journal.entries, [code for code, _ in journal.excluded]) == (0, ["revoked"] * 3)
    with pytest.raises(Refusal, match="missing-entry"):
        way_of(journal, RECORD)


def test_what_is_not_counted_is_still_verified_and_in_order(export, county, city):
    log, runs, revoke = stolen(county, city)
    more = [revoke()]
    last = log.seal([report(OTHER, 2)])
    assert len(export("city", [*runs, last], more).excluded) == 2
    refused(changeset_place(3), "position", export, "city", [*runs[:2], last], more)
    refused(changeset_place(4), "position", export, "city", [*runs, runs[2]], more)
    refused(changeset_place(3), "position", export, "city", [*runs[:2], last, runs[2]], more)
    broken = log.seal([report(OTHER, 3)], previous=bytes(32))
    refused(changeset_place(5), "chain-broken", export, "city", [*runs, last, broken], more)
    runs[2].body = runs[1].body
    refused(changeset_place(3), "root-mismatch", export, "city", runs, more)


def test_a_branch_before_the_bound_is_none_of_the_chain(export, county, city):
    """Whoever stole the key wrote first; the true chain came later, and goes further."""
    log, runs, _ = stolen(county, city)
    back_to(log, runs[0])
    branch = log.seal([report(OTHER, 1, ceiling=2)])
    more = [city.revoke(county.key_id, logs=[(log.id, 3, runs[2].hash)])]
    journal = export("city", [runs[0], branch, *runs[1:]], more)
    assert (journal.entries, journal.excluded) == (3, [("revoked", 2)])


def test_decisions_about_what_was_taken_back_wait(export, county, city):
    _, runs, revoke = stolen(county, city)
    subject = runs[2].entries[0].hash(county)
    approval = city.log(DOWN, county).seal([decision(APPROVE, RECORD, 2, subject)])
    journal = export("city", [*runs, approval], [revoke()])
    assert way_of(journal, RECORD).decisions == 0


def test_decisions_of_a_revoked_key_are_not_counted(export, fresh, county, city):
    log = city.log(DOWN, county)
    reported = county.log(UP, city).seal([report(RECORD, 1)])
    subject = reported.entries[0].hash(county)
    decided = log.seal([decision(APPROVE, RECORD, 1, subject)])
    assert way_of(export("county", [reported, decided]), RECORD).decisions == 1
    more = [fresh.province.revoke(city.key_id, city.next_place)]
    assert way_of(export("county", [reported, decided], more), RECORD).decisions == 0


def test_relayed_seals_past_a_bound_carry_nothing(export, fresh, county, city):
    log, runs, revoke = stolen(county, city)
    up = city.log(UP, fresh.province)
    shown = reveal(NATION, REVIEWERS)
    ascent = up.seal([relay(run) for run in runs], [runs[2].excerpt([0], shown), runs[0].excerpt([0], shown)])
    newer = county.with_key(6)
    more = [newer.enter(), revoke()]
    back_to(log, runs[1])
    log.author = newer
    again = log.seal([report(RECORD, 2, runs[0].entries[0].hash(county), ceiling=2)])
    second = up.seal([relay(again)], [again.excerpt([0], reveal(NATION))])
    journal = export("province", [ascent, second], more)
    assert (journal.excluded, journal.excerpts) == ([], 2)
    assert way_of(journal, RECORD).last.report.core.ceiling == 2


def test_keys_never_go_back_within_a_log(export, fresh, county, city):
    newer = county.with_key(6)
    more = [newer.enter(consent=rotation(county, newer))]
    log = county.log(UP, city)
    first = log.seal([report(RECORD, 1)])
    log.author = newer
    second = log.seal([report(OTHER, 1)])
    log.author = county
    third = log.seal([report(OTHER, 2, second.entries[0].hash(county))])
    assert export("city", [first, second], more).entries == 2
    refused(changeset_place(3), "retired-key", export, "city", [first, second, third], more)
    up = city.log(UP, fresh.province).seal([relay(run) for run in (first, second, third)])
    refused(changeset_place(1), "retired-key", export, "province", [up], more)


def test_only_the_current_key_covers_an_export(export, county, city):
    newer = county.with_key(6)
    more = [newer.enter(consent=rotation(county, newer))]
    run = county.log(UP, city).seal([report(RECORD, 1)])
    refused(changeset_place(1), "retired-key", export, "county", [run], more)
    assert export("county", [run], more, newer).entries == 1
    more += [city.revoke(newer.key_id)]
    refused(changeset_place(1), "revoked", export, "county", [run], more, newer)


def reborn(county, city):
    """A first life with two seals, and the log of a second one."""
    old = county.log(UP, city)
    return old, [old.seal([report(RECORD, 1)]), old.seal([report(OTHER, 1)])], county.in_life(7).log(UP, city)


def test_a_later_life_opens_behind_the_one_before(export, county, city):
    old, runs, log = reborn(county, city)
    second = [log.seal([opening(old), report(OTHER, 2)]), log.seal([report(OTHER, 3)])]
    journal = export("city", [*runs, *second])
    assert (journal.entries, journal.excluded) == (5, [])
    third = county.in_life(8).log(UP, city).seal([opening(log)])
    assert export("city", [*runs, *second, third]).entries == 6
    # The latest life is the one to name.
    skipping = county.in_life(8).log(UP, city).seal([opening(old)])
    refused(changeset_place(5), "chain-broken", export, "city", [*runs, *second, skipping])


@pytest.mark.parametrize("changes", [{1: bytes(8)}, {2: 1}, {2: 3}, {3: bytes(32)}, {2: 0, 3: None}, {3: None}, {4: 1},
                                     {1: b""}, {2: None}], ids=range(9))
def test_an_open_entry_names_the_end_held(export, county, city, changes):
    old, runs, log = reborn(county, city)
    refused(changeset_place(3), "chain-broken", export, "city", [*runs, log.seal([opening(old, changes)])])


def test_a_later_life_begins_with_nothing_else(export, county, city):
    old, runs, log = reborn(county, city)
    refused(changeset_place(3), "chain-broken", export, "city", [*runs, log.seal([report(OTHER, 2), opening(old)])])
    named = county.in_life(8).log(UP, city)
    plain = Entry({1: 1, 2: OPEN}, {NATION: opening(old).sections[NATION], CITY: b"\xa0"}, kind=0)
    refused(changeset_place(3), "chain-broken", export, "city", [*runs, named.seal([plain])])


def test_a_peer_that_holds_more_than_is_named_closes_nothing(export, county, city):
    old, runs, log = reborn(county, city)
    back_to(old, runs[0])
    refused(changeset_place(3), "chain-broken", export, "city", [*runs, log.seal([opening(old)])])
    back_to(old, None)
    again = county.in_life(8).log(UP, city)
    refused(changeset_place(3), "chain-broken", export, "city", [*runs, again.seal([opening(old)])])


def test_a_first_life_has_nothing_to_name(export, county, city):
    old, runs, log = reborn(county, city)
    refused(changeset_place(1), "chain-broken", export, "city", [log.seal([opening(old)])])
    empty = county.in_life(8).log(UP, city)
    assert export("city", [empty.seal([opening(county.in_life(9).log(UP, city))])]).entries == 1


def test_lives_are_told_apart_by_link(export, fresh, county, city):
    """A log toward another neighbour, or the other way, is no earlier life."""
    runs = [county.log(UP, city).seal([report(RECORD, 1)]), city.log(DOWN, county).seal([plain_entry()]),
            city.log(UP, fresh.province).seal([plain_entry()])]
    assert export("city", runs).changesets == 3


def plain_entry() -> Entry:
    return Entry({1: 1, 2: 0x55}, kind=0)


def test_what_is_written_past_the_end_of_a_closed_log_is_late(export, county, city):
    old, runs, log = reborn(county, city)
    opened = log.seal([opening(old)])
    late = [old.seal([report(OTHER, 2)]), old.seal([report(OTHER, 3)])]
    journal = export("city", [*runs, opened, *late])
    assert (journal.entries, journal.excluded) == (3, [("late", 4), ("late", 5)])
    assert [version.report.core.version for version in way_of(journal, OTHER).versions] == [1]
    refused(changeset_place(4), "position", export, "city", [*runs, opened, late[1]])


def test_a_lost_branch_is_late_in_the_journal_of_its_author(export, county, city):
    """A copy wrote on; what the peer holds was given back, and the new life begins behind it."""
    old, runs, log = reborn(county, city)
    lost = [runs[1], old.seal([report(OTHER, 2, runs[1].entries[0].hash(county))])]
    back_to(old, runs[0])
    given_back = old.seal([report(OTHER, 1, ceiling=2), report(RECORD, 2, runs[0].entries[0].hash(county))])
    journal = export("county", [runs[0], *lost, given_back, log.seal([opening(old)])])
    assert (journal.entries, journal.excluded) == (4, [("late", 2), ("late", 3)])
    assert way_of(journal, OTHER).last.report.core.ceiling == 2
    # Without the open entry the author contradicts itself.
    refused(changeset_place(4), "fork", export, "county", [runs[0], *lost, given_back])


def test_an_author_that_was_closed_elsewhere_holds_its_own_late_entries(export, county, city):
    """The copy began a new life; this one learned of it, and begins another behind."""
    old, runs, log = reborn(county, city)
    back_to(old, runs[0])
    opened = log.seal([opening(old)])
    third = county.in_life(8).log(UP, city).seal([opening(log)])
    journal = export("county", [*runs, opened, third])
    assert (journal.entries, journal.excluded) == (3, [("late", 2)])


def test_an_open_entry_by_a_revoked_key_closes_nothing(export, county, city):
    old, runs, log = reborn(county, city)
    thief = log.seal([opening(old)])
    newer = county.with_key(6)
    more = [newer.enter(), city.revoke(county.key_id, logs=[(old.id, 2, runs[1].hash)])]
    old.author = newer
    journal = export("city", [*runs, thief, old.seal([report(OTHER, 2)])], more)
    assert (journal.entries, journal.excluded) == (3, [("revoked", 3)])
    # And is no life that a later one would have to name.
    back_to(old, runs[1])
    opened = newer.in_life(8).log(UP, city).seal([opening(old)])
    assert export("city", [*runs, thief, opened], more).excluded == [("revoked", 3)]


def test_an_end_that_was_held_when_the_life_began_may_be_taken_back_later(export, county, city):
    old, runs, log = reborn(county, city)
    newer = county.with_key(6)
    more = [newer.enter(), city.revoke(county.key_id, logs=[(old.id, 1, runs[0].hash)])]
    log.author = newer.in_life(7)
    journal = export("city", [*runs, log.seal([opening(old)])], more)
    assert (journal.entries, journal.excluded) == (2, [("revoked", 2)])


def test_a_channel_of_a_later_life_opens_nothing(export, fresh):
    nation = fresh.nation
    runs = [nation.log(CHANNEL, nation).seal([publication(1)]),
            nation.in_life(7).log(CHANNEL, nation).seal([publication(2)])]
    assert export("county", runs).entries == 2
    opened = nation.in_life(8).log(CHANNEL, nation).seal([opening(runs[0].log)])
    refused(changeset_place(2), "not-entitled", export, "county", [runs[0], opened])
