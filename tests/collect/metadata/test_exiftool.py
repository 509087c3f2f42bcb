"""exiftool as the reader: what becomes of its failures. That it says the same as our readers is in test_tags.py."""

import io

from dedupelab.collect.metadata import exiftool
from dedupelab.collect.metadata.backends import Reading
from dedupelab.collect.metadata.companion import CompanionError
from dedupelab.collect.record import describe


class Silent:
    def ask(self, _request):
        raise CompanionError("it ended without an answer (code -9)")


def test_a_failing_program_costs_the_metadata_and_not_the_row(plain, monkeypatch):
    """The picture is hashed, and the reason stands in the row."""
    monkeypatch.setattr(exiftool, "_companion", lambda _: Silent())
    row = describe(plain(), reading=Reading("exiftool"))
    assert row["status"] == "hashed"
    assert row["problem"] == "exiftool gave no answer: it ended without an answer (code -9)"


def test_answers_are_read_to_their_end_or_not_at_all():
    """An answer without its last line was cut short by the program's end; an answer of only that line is empty."""
    assert exiftool._until_ready(io.BytesIO(b"[{}]\n{ready}\n")) == b"[{}]\n"
    assert exiftool._until_ready(io.BytesIO(b"{ready}\n")) == b"[]"
    assert exiftool._until_ready(io.BytesIO(b"[{")) == b""
