"""At the desk a reviewer decides blind, takes back, and goes on where she stopped."""

from dataclasses import replace

import pytest
from collections_of import collections_of

from dedupelab import Study, init
from dedupelab.errors import CollectionError, LabelError
from dedupelab.lab.contact import ASKED, ContactSheets
from dedupelab.lab.desk import KEYS, LOOKED, NAMED, PLACED, Desk, Task, facts
from dedupelab.lab.explorer import changes, curve, kept, threshold_explorer
from dedupelab.lab.gallery import gallery, listed
from dedupelab.lab.meter import reading
from dedupelab.lab.review import Room
from dedupelab.review.labels import standing
from dedupelab.study.planted import PlantedCopies

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def measured(tmp_path_factory, photograph):
    """Four works in two collections, one of them held three times."""
    root = tmp_path_factory.mktemp("desk")
    held = {"archive": (range(4), 92), "agency": (range(4), 60)}
    init(root / "study", collections_of(root, photograph, named="{name} {seed}.jpg", **held))
    photograph(0, (320, 240)).save(root / "agency" / "again.jpg", quality=75)
    Study(root / "study").measure()
    return root / "study"


@pytest.fixture
def study(measured):
    """Open the study without any label."""
    for path in (measured / ".dedupelab").glob("labels*"):
        path.unlink(missing_ok=True)  # SQLite takes its own away as a store is closed
    return Study(measured)


@pytest.fixture
def desk(study):
    review, copies = study.review(), PlantedCopies(study)
    holders = {"archive": "City archive", "agency": "City archive"}
    return Desk(
        replace(review, images=review.images[KEYS]), review.images, copies.picture, holders, made=copies.facts
    )


def test_nobody_decides_without_a_name(desk):
    """An empty name is refused, and nothing can be decided before one is given."""
    with pytest.raises(LabelError, match="name"):
        desk.begin("  ")
    with pytest.raises(LabelError):
        desk.answer("same")
    assert desk.review.labels.empty


def test_decide_undo_and_go_on(desk, study):
    """An undo brings the same pair back; a new desk goes on after what was decided."""
    first = desk.begin("Ada")
    desk.answer("same", note="soft", seconds=3.0)
    second = desk.task
    assert (first != second, desk.last) == (True, first)
    assert desk.undo().label == "same"
    assert desk.task == first
    desk.answer("variant")
    again = Desk(study.review(), study.images(), study.picture)
    assert again.begin("Ada") == second
    assert list(standing(again.review.labels)["label"]) == ["variant"]


def test_everything_can_be_answered(desk):
    """The sample ends, nothing is asked twice but second opinions, and the readings add up."""
    desk.begin("Ada")
    while desk.task:
        desk.after = desk.ahead()
        desk.answer("same")
    read = reading(desk.review)
    assert read.reviewed == read.planned == len(desk.review.sheet) + len(desk.review.gold)
    assert sum(done for done, _ in read.strata) == read.reviewed


def test_what_the_report_will_not_correct_is_not_promised(desk):
    """Pairs asked as a check count in what is shown, so that none stands out; they alone bring no correction, and the sentence says so."""
    desk.begin("Ada")
    seen = []
    while desk.task:
        desk.answer("same")
        if desk.task and len(desk.review.labels) % 3:  # what is read is assessed anew each time
            continue
        read = replace(reading(desk.review), interval=(0.1, 0.2, 0.3))
        assessment = desk.review.assessment()
        assert read.enough == (assessment is not None and assessment.enough)
        assert ("Not yet in the report" in read.sentence) == (not read.enough)
        seen.append(read.enough)
    assert set(seen) == {False, True}


def test_blind_until_decided(desk):
    """Names and holders are told once nothing is left to ask; a pair that is taken back then says that they were."""
    desk.begin("Ada")
    linked(desk)
    desk.answer("same")
    assert desk.revealed() == ""
    while desk.task:
        desk.answer("same")
    desk.last = Task(*desk.review.sheet[["left", "right"]].iloc[0])
    assert "City archive" in desk.revealed()
    desk.undo()
    desk.task = desk.told
    assert desk.answer("different").note == NAMED


def test_looking_at_metadata_is_noted(desk):
    """The note of that decision ends with it, the next one's does not."""
    desk.begin("Ada")
    assert {fact.field for fact in desk.look()} >= {"size in pixels"}
    desk.answer("same", note="=odd")
    desk.answer("same")
    assert list(desk.review.labels["note"]) == [f"=odd {LOOKED}", ""]


def listing(desk, differences: str) -> None:
    """Let the table of pairs list these places for the pair on the desk."""
    detected = desk.review.detected
    both = {desk.task.left, desk.task.right}
    rows = detected["left"].isin(both) & detected["right"].isin(both)
    assert rows.any()
    told = detected["differences"].where(~rows, differences)
    desk.review = replace(desk.review, detected=detected.assign(differences=told))


def linked(desk):
    """Go on to the first pair that the detector compared."""
    compared = set(desk.review.detected[["left", "right"]].itertuples(index=False, name=None))
    desk.begin("Ada")
    while (desk.task.left, desk.task.right) not in compared:
        desk.answer("cannot-tell")


def test_places_are_drawn_on_both_and_said(desk):
    """Rectangles of the table's left on left, carried onto right, and in words; either way round; the decision notes it."""
    linked(desk)
    listing(desk, "[[0.0, 0.0, 0.2, 0.2], [0.4, 0.4, 0.6, 0.6]]")
    found = desk.places(desk.show(desk.task))
    assert str(found) == "Differs at 2 places: upper left, middle."
    assert found.left == ((0, 0, 0.2, 0.2), (0.4, 0.4, 0.6, 0.6))
    assert [list(box) for box in found.right] == [pytest.approx(box, abs=0.02) for box in found.left]
    desk.task = replace(desk.task, left=desk.task.right, right=desk.task.left)
    assert desk.places(desk.show(desk.task)).right == found.left
    desk.task = replace(desk.task, left=desk.task.right, right=desk.task.left)
    desk.answer("same")
    assert desk.review.labels["note"].iloc[-1] == PLACED
    assert not desk.placed


def test_where_nothing_leads_to_the_other_picture_nothing_is_drawn_there(desk):
    """No place is made up on a picture that could not be laid on the other."""
    linked(desk)
    listing(desk, "[[0.0, 0.0, 0.2, 0.2]]")
    found = desk.places(replace(desk.show(desk.task), carry=None))
    assert (len(found.left), found.right) == (1, ())


def test_no_places_say_nothing_of_the_verdict(desk):
    """A pair in which none were found reads as one in which none were looked for, and as one that nobody detected."""
    linked(desk)
    said = set()
    for told in ("", "[]"):
        listing(desk, told)
        said.add(str(desk.places(desk.show(desk.task))))
    desk.review = replace(desk.review, detected=desk.review.detected.head(0))
    said.add(str(desk.places(desk.show(desk.task))))
    assert said == {"No places are listed at which these two differ."}


def test_differing_fields_are_marked(study):
    """Other values differ, those that are none between copies do not, both may be true, and one side's silence is said."""
    images = (
        study.images()
        .head(2)
        .assign(
            creator=["Li, Ann", "ann li"],
            credit=["A", "B"],
            title=["T", None],
            web_statement=["http://a.org/", "https://a.org"],
            date_created=["1960~", "1962"],
        )
    )
    states = {fact.field: fact.state for fact in facts(*images.to_dict("records"))}
    assert (states["creator"], states["credit"], states["title"]) == ("equal", "differ", "one")
    assert (states["web statement"], states["date created"]) == ("equal", "compatible")
    assert "caption" not in states


def test_a_lost_picture_is_said_without_its_name(desk):
    """Then only `cannot-tell` is taken."""

    def gone(image, longest):
        raise CollectionError(f"expected {image}")

    desk.open = gone
    shown = desk.show(desk.begin("Ada"))
    desk.unseen()
    assert (shown.pictures, "agency" in shown.problem) == ({}, False)
    with pytest.raises(LabelError, match="cannot-tell"):
        desk.answer("same")
    assert desk.answer("cannot-tell").label == "cannot-tell"


def test_contact_sheets_leave_the_sample_alone(desk, study):
    """A pair that is asked blind cannot be decided on a contact sheet."""
    desk.begin("Ada")
    sheets = ContactSheets(desk.review, study.groups(), study.members())
    group = sheets.names[0]
    tiles = sheets.tiles(group)
    assert len(tiles) == 3
    locked = [tile.image for tile in tiles if tile.locked == ASKED]
    assert locked
    with pytest.raises(LabelError, match="blind"):
        sheets.answer(group, {locked[0]: "same"}, reviewer="Ada")
    assert desk.review.labels.empty


def test_the_room_ignores_a_key_for_a_pair_that_has_gone(study):
    """Two presses for one picture save one label; a wrong name is said and asked again."""
    room = Room(study)
    room.hear({"do": "name", "name": " "})
    assert (room.widget.view["screen"], room.widget.view["alarm"]) == ("name", True)
    room.hear({"do": "name", "name": "Ada"})
    number = room.widget.view["n"]
    room.hear({"do": "label", "label": "same", "n": number})
    room.hear({"do": "label", "label": "different", "n": number})
    assert list(study.review().labels["label"]) == ["same"]
    assert set(room.widget.view["pictures"]) >= {"left", "right"}
    assert "relation" not in room.widget.view
    assert room.widget.view["places"] is None
    room.hear({"do": "places", "n": number})
    assert room.widget.view["places"] is None
    room.hear({"do": "places", "n": room.widget.view["n"]})
    assert {*room.widget.view["places"]} == {"left", "right", "words"}
    room.hear({"do": "label", "label": "same", "n": room.widget.view["n"]})
    assert room.widget.view["places"] is None
    room.tally.close()


def test_the_gallery_is_still_and_tells_no_names(study):
    """Pictures without names, what was decided in words."""
    desk = Desk(study.review(), study.images(), study.picture)
    desk.begin("Ada")
    shown = gallery(study, 2).markup
    assert shown.count("data:image/jpeg") == 8
    assert ".jpg" not in shown
    assert "Not yet reviewed" in shown
    assert len(listed(study.review())) == len(study.review().sheet)


def test_the_threshold_moves_links(study):
    """Links at a distance come and go between two thresholds, and proven ones stay."""
    pairs = study.pairs()
    assert len(kept(pairs, 64)) == int(
        pairs["relation"]
        .isin(["byte-identical", "payload-identical", "pixel-identical", "near-identical", "derivative"])
        .sum()
    )
    down, gone = changes(pairs, 64, 0)
    up, come = changes(pairs, 0, 64)
    assert (down, up) == ("vanish", "appear")
    assert set(gone.index) == set(come.index)
    assert "<svg" in curve(study.results(), 4)
    shown = threshold_explorer(study)._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    assert ("<svg" in data["text/html"], "Box" in data["text/plain"]) == (True, False)
