"""What the service says of itself is true of its answers."""

import json
import re

from jsonschema import Draft202012Validator

from dedupelab.gate.answer import Answer, Copy, answered, summary
from dedupelab.gate.description import description, page
from dedupelab.settings.sections import ServeSection

COPY = Copy("near-identical", True, "whole picture", 0.9, 2, "identity", 0, (0.0, 0.0, 1.0, 1.0), None, "A", "a", "1.jpg", "i1", "B", {"creator": "B"})  # fmt: skip


def test_answers_fit_the_description():
    """An answer with a copy and one without are valid by the schema; one with a field of another type is not."""
    said = description(ServeSection())
    schema = {"$ref": "#/components/schemas/Answers", "components": said["components"]}
    answers = summary([answered("u", [COPY], 1.0, blank=False), Answer("v", "unreadable", "no", (), 0.0)])
    told = json.loads(json.dumps(answers))
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
    told["uploads"][0]["copies"][0]["distance"] = "two"
    assert len(list(Draft202012Validator(schema).iter_errors(told))) == 1


def test_every_reference_leads_somewhere():
    """Names of schemas that replies refer to are described."""
    said = description(ServeSection())
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(said)))
    assert named == {"Answer", "Answers", "Copy", "Problem"} == set(said["components"]["schemas"])


def test_the_page_shows_it_and_asks_nobody():
    """Paths, statuses, fields and limits are there; no address, no script."""
    shown = page(description(ServeSection(files=7)))
    for word in ("/screen", "429", "milliseconds", "holder", "Up to 7 files"):
        assert word in shown
    assert not re.search(r"https?:|//\w|<script|src=", shown)
