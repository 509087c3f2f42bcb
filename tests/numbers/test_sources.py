import pytest

from dedupelab.errors import ConfigError
from dedupelab.numbers.sources import PLACEHOLDERS, checked_source


@pytest.mark.parametrize(
    "given",
    [
        *PLACEHOLDERS.values(),
        *(
            "",
            " ",
            "TODO",
            "n/a",
            "N.A.",
            "?",
            "???",
            "tbc",
            "invoice of …",
            "Source",
            "invoice no. ___",
            "<source>",
            "x",
            "123",
            "待補",
        ),
    ],
)
def test_placeholders_are_no_sources(given):
    """What a template has in place of a source, and what stands for nothing, is refused with a remedy."""
    with pytest.raises(
        ConfigError,
        match=r"expected a source that somebody else could check, got the placeholder .*; name the document",
    ):
        checked_source(given)


def test_sources_are_kept():
    """A source is whatever names something."""
    assert checked_source(" minutes of the board, 3 May ") == "minutes of the board, 3 May"
