"""Content Credentials: states as the specification names them, from files that the tests sign."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.metadata import credentials
from dedupelab.collect.metadata.backends import Reading
from dedupelab.collect.metadata.companion import CompanionError
from dedupelab.collect.metadata.credentials import UNCHECKED, Credentials, check, told
from dedupelab.collect.metadata.segments import split
from dedupelab.collect.record import describe

CV = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED, CAMERA = CV + "trainedAlgorithmicMedia", CV + "digitalCapture"
MADE = [{"action": "c2pa.created", "digitalSourceType": GENERATED}]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_signed_files_are_valid_and_trusted_where_the_study_trusts(kind, sign, plain, authority):
    """What nobody changed is valid; with the signer's root among the anchors it is trusted. The picture stays the same."""
    bare = plain(kind)
    data = sign(bare, MADE, kind=f"image/{kind.lower()}")
    expected = Credentials("valid", "Harbour Archive", "Pier 2.1", (GENERATED,), "yes")
    assert check(data) == expected
    assert check(data, authority.root).state == "trusted"
    assert split(data).payload_sha256 == split(bare).payload_sha256 is not None


def test_a_changed_picture_is_invalid_and_labels_nothing(sign, plain, authority):
    """One byte of the picture changed after signing: invalid, whoever signed, and its AI label is not believed."""
    data = bytearray(sign(plain(), MADE))
    data[-40] ^= 1
    found = check(bytes(data), authority.root)
    assert (found.state, found.signer, found.source_types) == ("invalid", "Harbour Archive", (GENERATED,))
    row = describe(bytes(data), reading=Reading(anchors=authority.root))
    assert (row["status"], row["c2pa"], row["ai_label"]) == ("hashed", "invalid", "no-label")


def test_a_row_says_what_the_credentials_say(sign, plain):
    """State, signer, source type and program are columns, and the source type gives the AI label."""
    row = describe(sign(plain(), MADE))
    assert (row["c2pa"], row["c2pa_signer"], row["c2pa_generator"]) == (
        "valid",
        "Harbour Archive",
        "Pier 2.1",
    )
    assert (row["c2pa_source_type"], row["digital_source_type"], row["ai_label"]) == (GENERATED, None, "yes")
    assert row["metadata_backend"].endswith(f", c2pa-python {credentials.installed()}")


def test_a_crop_of_a_generated_picture_is_still_labelled(sign, plain):
    """The source type is found in the parent's manifest where the active one has none."""
    first = sign(plain(), MADE)
    opened = [
        {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}},
        {"action": "c2pa.cropped"},
    ]
    found = check(sign(first, opened, parent=first))
    assert (found.state, found.source_types, found.ai_label) == ("valid", (GENERATED,), "yes")


def test_without_the_library_they_are_unchecked(sign, plain, monkeypatch):
    """A file that carries credentials says so also where nothing can check them."""
    data = sign(plain(), MADE)
    monkeypatch.setattr(credentials, "_version", lambda: None)
    assert check(data) == UNCHECKED
    assert describe(data)["c2pa"] == "unchecked"


class Failing:
    def __init__(self, answer):
        self.answer = answer

    def ask(self, _request):
        if isinstance(self.answer, Exception):
            raise self.answer
        return json.dumps(self.answer).encode()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (CompanionError("it ended without an answer (code -6)"), "unchecked"),
        ({"error": "NotSupported", "message": "no such format"}, "unchecked"),
        ({"error": "Verify", "message": "unexpected end of file"}, "invalid"),
        ({"error": "ManifestNotFound", "message": "no JUMBF data found"}, "invalid"),
    ],
)
def test_a_failing_library_costs_the_field_and_not_the_row(answer, state, plain, monkeypatch):
    """A crash leaves the picture hashed and its credentials unchecked, with the reason; what is no manifest is invalid."""
    monkeypatch.setattr(credentials, "_version", lambda: "1")
    monkeypatch.setattr(credentials, "_companion", lambda _: Failing(answer))
    # An application segment that looks like Content Credentials.
    data = plain()
    row = describe(data[:2] + b"\xff\xeb\0\x0aJP\0\1c2pa" + data[2:])
    assert (row["status"], row["c2pa"]) == ("hashed", state)
    assert row["problem"].startswith("Content Credentials ")


def test_a_validator_that_dies_is_started_again(sign, plain):
    """The next picture is checked after the program was killed."""
    data = sign(plain(), MADE)
    assert check(data).state == "valid"
    credentials._companion(os.getpid()).close()
    assert check(data).state == "valid"


def store(*manifests):
    """Write a manifest store: each a list of (action, source type), the first active and child of the next."""
    names = [f"m{number}" for number in range(len(manifests))]
    return {
        "active_manifest": "m0",
        "manifests": {
            name: {
                "assertions": [
                    {
                        "label": "c2pa.actions__1",
                        "data": {"actions": [{"action": a, "digitalSourceType": k} for a, k in said]},
                    }
                ],
                "ingredients": [{"relationship": "parentOf", "active_manifest": names[number + 1]}]
                if number + 1 < len(names)
                else [],
            }
            for number, (name, said) in enumerate(zip(names, manifests, strict=True))
        },
    }


@pytest.mark.parametrize(
    ("manifests", "label"),
    [
        ([[("c2pa.created", CAMERA)]], "no-label"),
        ([[("c2pa.created", CAMERA), ("c2pa.edited", GENERATED)]], "composite"),
        ([[("c2pa.edited", CV + "compositeWithTrainedAlgorithmicMedia")]], "composite"),
        ([[("c2pa.created", CV + "algorithmicMedia"), ("c2pa.edited", CV + "humanEdits")]], "yes"),
        ([[], [("c2pa.edited", GENERATED)], [("c2pa.created", CAMERA)]], "composite"),
        ([[], [], [("c2pa.created", GENERATED)]], "yes"),
        ([[]], "no-label"),
    ],
)
def test_making_and_changes_give_the_label(manifests, label):
    """Made by AI is `yes`; changed by AI is `composite`; both are looked for through all parents."""
    assert told("valid", store(*manifests)).ai_label == label
    assert told("invalid", store(*manifests)).ai_label == "no-label"


def test_a_manifest_that_is_its_own_parent_ends():
    """Manifests that name each other in a ring are read a bounded number of times."""
    ring = store([("c2pa.created", CAMERA)], [])
    ring["manifests"]["m1"]["ingredients"] = [{"relationship": "parentOf", "active_manifest": "m0"}]
    assert told("valid", ring).source_types == (CAMERA,)


@given(st.data())
def test_prompts_in_manifests_go_nowhere(data):
    """Whatever else an action holds, only its source type is taken over."""
    secret = data.draw(st.text(min_size=8).filter(lambda text: text not in f"Pier{CAMERA}"))
    said = store([("c2pa.created", CAMERA)])
    action = said["manifests"]["m0"]["assertions"][0]["data"]["actions"][0]
    action |= {"parameters": {"prompt": secret}, "description": secret}
    assert told("valid", said) == told("valid", store([("c2pa.created", CAMERA)]))
