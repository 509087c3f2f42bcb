def test_fields_on_persons_are_counted(frames):
    """Two of eight images name a person; what is silent may show somebody, so the share is a lower bound without sampling interval."""
    said = [True, True, False, None, False, False, False, False]
    study = frames([{"id": f"i{n}", "names_person": value} for n, value in enumerate(said)])
    found = study.results(["a"])["M17"]
    assert (found.value, found.numerator, found.lower_bound) == (0.25, 2, True)
    assert (found.interval, found.interval_kind) == (None, "census")
    assert "may show persons" in str(found.caveat)
