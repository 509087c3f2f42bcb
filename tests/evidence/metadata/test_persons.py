import pytest


def test_fields_on_persons_are_counted(frames):
    """Two of eight images name a person; where nothing was read nothing is named, and the share is said to be a lower bound."""
    said = [True, True, False, None, False, False, False, False]
    study = frames([{"id": f"i{n}", "names_person": value} for n, value in enumerate(said)])
    found = study.results(["a"])["M17"]
    assert (found.value, found.numerator, found.lower_bound) == (0.25, 2, True)
    assert found.interval == pytest.approx((0.0715, 0.5907), abs=1e-3)  # Wilson, z = 1.96
    assert "may show persons" in str(found.caveat)
