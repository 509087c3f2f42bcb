"""An attacker with every picture and the public tier learns no more of who holds one than the published counts say."""

import json
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from dedupelab import tables
from dedupelab.evidence.stage import measure
from dedupelab.exchange.tiers import contributions, public_overlap, public_rows
from dedupelab.match.groups import build_groups

pytestmark = pytest.mark.slow

HOLDERS = ("a", "b", "c")
LONE = {"a": 30, "b": 18, "c": 12}
"""Works that one holder has alone."""
SHARED = {"ab": 24, "ac": 16, "bc": 12}
"""Works that two holders have."""
ALONE = sum(LONE.values())
WORLDS = 16
"""Worlds that the attacker makes up."""


def world(rng: np.random.Generator) -> list[str]:
    """Draw who holds each work; lone works come first."""
    held = []
    for kinds in (LONE, SHARED):
        pool = [holders for holders, count in kinds.items() for _ in range(count)]
        rng.shuffle(pool)
        held += pool
    return held


def public(held: Sequence[str]) -> dict[str, str]:
    """Return everything that the public tier says of a world, cell by cell. Pictures and what they say of themselves are known."""
    images, pairs = [], []
    for number, holders in enumerate(held):
        for copy, holder in enumerate(holders):
            name = f"w{number:03}-{copy}"
            images.append(
                {
                    "image_id": name, "collection": holder, "path": name, "bytes": 1000 + 17 * number + copy, "status": "hashed",
                    "sha256": f"{number:060x}{copy:04x}", "information": 0.9, "ai_label": "no-label", "c2pa": "none",
                    "has_gps": number % 3 == 0, "creator": f"person {number % 7}" if (number + copy) % 2 else None,
                    "copyright_notice": f"by {number % 5 + copy}",
                }
            )  # fmt: skip
        if len(holders) == 2:
            pairs.append(
                {
                    "left": f"w{number:03}-0", "right": f"w{number:03}-1", "distance": 2, "transform": "identity",
                    "relation": "near-identical", "score": 0.9, "reason": "alike", "cross_collection": True,
                }
            )  # fmt: skip
    pictures, links = tables.IMAGES.from_rows(images), tables.PAIRS.from_rows(pairs)
    groups, members = build_groups(pictures, links)
    measured = measure(pictures, links, groups, members, collections=HOLDERS, draws=20)
    rows = public_rows(measured.results, contributions(pictures, members))
    matrix = public_overlap(measured.overlap, {name: name for name in HOLDERS})
    cells = {str(row["id"]): json.dumps(row, sort_keys=True) for row in rows}
    return cells | {f"{r['row']}-{r['column']}": json.dumps(r, sort_keys=True) for r in matrix}


def attack(
    seen: Mapping[str, str], imagined: Sequence[tuple[Sequence[str], Mapping[str, str]]], target: int
) -> str:
    """Guess who holds a work, by the cell that tells most: it comes out as seen in worlds where they hold it, and else not.

    Among equals the likeliest by the published counts.
    """
    counts = LONE if target < ALONE else SHARED
    agreed = np.array([[cells.get(name) == said for name, said in seen.items()] for _, cells in imagined])
    scores = {}
    for holders in counts:
        there = np.array([held[target] == holders for held, _ in imagined])
        told = agreed[there].mean(axis=0) - agreed[~there].mean(axis=0) if there.any() else np.zeros(1)
        scores[holders] = round(float(told.max()), 9)
    best = max(scores.values())
    return max((h for h in counts if scores[h] == best), key=lambda h: counts[h])


def hits(said: Callable[[Sequence[str]], Mapping[str, str]]) -> dict[str, tuple[int, int]]:
    """Return how many lone and shared works the attacker and the base rate get right, of all."""
    rng = np.random.default_rng(20260101)
    truth, *others = (world(rng) for _ in range(1 + WORLDS))
    seen = said(truth)
    imagined = [(held, said(held)) for held in others]
    found = {}
    for kind, counts, targets in (
        ("lone", LONE, range(ALONE)),
        ("shared", SHARED, range(ALONE, len(truth))),
    ):
        likeliest = max(counts, key=lambda h: counts[h])
        right = sum(attack(seen, imagined, target) == truth[target] for target in targets)
        found[kind] = (right, sum(truth[target] == likeliest for target in targets))
    return found


def test_an_attacker_does_no_better_than_the_base_rate():
    """Of every work, lone or shared by two, the attacker names the holders no more often than who always names the likeliest."""
    found = hits(public)
    # Two standard deviations of as many coin tosses; a leak gives nearly all (below).
    assert found["lone"][0] <= found["lone"][1] + ALONE**0.5
    assert found["shared"][0] <= found["shared"][1] + sum(SHARED.values()) ** 0.5


def test_enough_is_published_to_attack():
    """The attacked tier is not empty: counts and the overlap matrix are there, with numbers."""
    seen = public(world(np.random.default_rng(1)))
    assert sum('"suppressed": ""' in said for said in seen.values()) >= 10


def test_the_attack_works_where_there_is_a_leak():
    """The attack can succeed: had each picture one cell that depends on its holder, nearly all holders would be named."""
    found = hits(lambda held: {str(number): holders for number, holders in enumerate(held)})
    assert found["lone"][0] > found["lone"][1] + 2 * ALONE**0.5
