"""The program that checks Content Credentials answers every request, whatever the bytes are."""

import io
import json

import pytest

from dedupelab.collect.metadata import validator


class Reader:
    """A library that fails in its own ways."""

    def __init__(self, _format, stream, context):
        if stream.getvalue() == b"bad":
            raise ValueError("x" * 1000)
        self.context = context

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def get_validation_state(self):
        return "Valid"

    def json(self):
        return json.dumps({"settings": self.context})


class Library:
    class Context:
        def __init__(self, settings):
            self.settings = settings

        @classmethod
        def from_dict(cls, settings):
            return cls(settings)

        def __enter__(self):
            return self.settings

        def __exit__(self, *_):
            return None

    Reader = Reader


def test_nothing_is_fetched_and_only_the_study_trusts():
    """The network is off whatever the anchors are, and without anchors no trust list is handed over."""
    bare = validator.validate(Library, b"good", "")["store"]["settings"]
    assert bare["verify"] == {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}
    assert "trust" not in bare
    assert validator.validate(Library, b"good", "PEM")["store"]["settings"]["trust"] == {
        "trust_anchors": "PEM"
    }


def test_errors_are_answers():
    """What the library raises is named and cut short."""
    assert validator.validate(Library, b"bad", "") == {"error": "ValueError", "message": "x" * 300}


def test_each_request_has_one_line_in_answer(plain):
    """Pictures without credentials, broken ones and no picture at all are answered in order."""
    pytest.importorskip("c2pa")
    pictures = [plain(), b"", b"\xff\xd8\xff\xeb\0\x0aJP\0\1c2pa"]
    requests = io.BytesIO(
        b"".join(json.dumps({"bytes": len(data), "anchors": ""}).encode() + b"\n" + data for data in pictures)
    )
    answers = io.BytesIO()
    validator.main(requests, answers)
    assert ["error" in json.loads(line) for line in answers.getvalue().splitlines()] == [True] * 3
