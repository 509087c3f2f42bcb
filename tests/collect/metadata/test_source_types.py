"""Source types, however they are written, and the label that they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.metadata.source_types import COMPOSED, GENERATED, VOCABULARY, address, label


@pytest.mark.parametrize(
    "written",
    ["compositeSynthetic", "digsrctype:compositeSynthetic", VOCABULARY + "compositeSynthetic/",
     VOCABULARY.replace("http:", "https:") + "compositeSynthetic"],
)  # fmt: skip
def test_addresses_are_full(written):
    """A bare term, a prefixed one and an address with another scheme are one address."""
    assert address(written) == VOCABULARY + "compositeSynthetic"


@given(
    st.sampled_from(sorted(GENERATED | COMPOSED)), st.lists(st.sampled_from(["digitalCapture", "humanEdits"]))
)
def test_a_human_change_takes_no_label_away(term, changes):
    """What AI made, or changed, stays labelled whatever people do to it afterwards."""
    made = "yes" if term in GENERATED else "composite"
    assert label(VOCABULARY + term, changes) == made
    assert label("digitalCapture", [*changes, term]) == "composite"
    assert label("", changes) == "no-label"
