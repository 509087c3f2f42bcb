"""Which institutions contradict each other on which field."""

from dedupelab.evidence.copies.population import population
from dedupelab.evidence.metadata.contradictions import FEWEST_WORKS, PAIRS, compare_institutions


def pair(number: int, one: dict[str, str], other: dict[str, str], places: str = "ab") -> list[dict[str, str]]:
    return [
        {"id": f"i{number:02d}{place}", "collection": place, **said}
        for place, said in zip(places, (one, other), strict=True)
    ]


def grouped(*pairs: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[list[list[str]]]]:
    return [image for each in pairs for image in each], [[[image["id"] for image in each]] for each in pairs]


def test_shares_by_hand(frames):
    """Ten works of a and b: three with another creator, one cut at 32 characters, one where b is silent: 3 of 9, and 9 are too few.

    An eleventh and twelfth work state the same in both: 3 of 11. A work within one collection is none of any pair.
    """
    long = "Wong Siu Ming of the Government Information Services"
    said = [
        *[({"creator": "Ho"}, {"creator": "Ng"})] * 3,
        *[({"creator": "Ho"}, {"creator": "HO"})] * 5,
        ({"creator": long}, {"creator": long[:32]}),
        ({"creator": "Ho"}, {}),
    ]
    pairs = [pair(n, *each) for n, each in enumerate(said)]
    inside = pair(20, {"creator": "Ho"}, {"creator": "Ng"}, "aa")
    inside = [image | {"id": f"{image['id']}{n}"} for n, image in enumerate(inside)]
    few = frames(*grouped(*pairs, inside)).results({"a": "Archive", "b": "Bureau"})["M5p.creator.a.b"]
    assert (few.value, few.denominator, few.status) == (None, 9, "not estimated")
    assert tuple(map(str, few.needs)) == (f"at least {FEWEST_WORKS} works on which both state it",)
    more = [*pairs, *(pair(n, {"creator": "Ho"}, {"creator": "Ho"}) for n in (10, 11))]
    found = frames(*grouped(*more, inside)).results({"a": "Archive", "b": "Bureau"})
    assert (found["M5p.creator.a.b"].numerator, found["M5p.creator.a.b"].denominator) == (3, 11)
    assert (
        str(found["M5p.creator.a.b"].label)
        == "Works on which Archive and Bureau contradict each other on creator"
    )
    assert [name for name in found if name.startswith("M5p.")] == ["M5p.creator.a.b"]


def test_any_copy_of_either_counts(frames):
    """Where a collection holds two copies of a work, one that contradicts is enough; an empty sign asserts nothing."""
    images = [
        {"id": "x", "collection": "a", "creator": "Ho"},
        {"id": "y", "collection": "a", "creator": "Ng"},
        {"id": "z", "collection": "b", "creator": "Ho"},
        {"id": "v", "collection": "a", "copyright_notice": "©"},
        {"id": "w", "collection": "b", "copyright_notice": "© Ho"},
    ]
    study = frames(images, [[["x", "y", "z"]], [["v", "w"]]])
    people = population(study.images, study.groups, study.members, collections=["a", "b"])
    compared, found = compare_institutions(people)
    unit = people.members.set_index("image_id")["unit"]["x"]
    assert compared == found == {("creator", ("a", "b")): {unit}}


def test_pairs_with_most_works_are_told(frames):
    """Of fifteen pairs of six institutions ten are told: those with most works to compare, equal ones by name."""
    names = "abcdef"
    couples = [one + other for one in names for other in names if one < other]
    pairs = [pair(n, {"credit": "x"}, {"credit": "x"}, places) for n, places in enumerate([*couples, "ef"])]
    found = frames(*grouped(*pairs)).results(list(names))
    told = [name.removeprefix("M5p.credit.") for name in found if name.startswith("M5p.")]
    assert len(told) == PAIRS
    assert told == sorted([*(f"{c[0]}.{c[1]}" for c in couples[:9]), "e.f"])
