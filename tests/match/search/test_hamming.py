"""The joins give exactly the pairs of a plain comparison of everything with everything."""

import importlib.util
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupelab.errors import ConfigError, MissingExtraError
from dedupelab.match.search import band_search, hamming, hamming_numpy
from dedupelab.match.search.bands import Band, Costs, plan_bands
from dedupelab.match.search.hamming import PairBlock, collapse

NUMBA = importlib.util.find_spec("numba") is not None
ENGINES = [
    "numpy",
    pytest.param("numba", marks=pytest.mark.skipif(not NUMBA, reason="numba is not installed")),
]
BANDED = Costs(prepare=0, visit=0.001, compare=1, scan=1000)
"""Costs that make even small joins go through bands."""


def clumped(rows: int, seed: int, words: int = 1) -> np.ndarray:
    """Random prints among which a third are a few bits from another one, and some are equal."""
    generator = np.random.default_rng(seed)
    prints = generator.integers(0, 2**64, (rows, words), np.uint64)
    for row in generator.integers(0, max(rows, 1), rows // 3):
        prints[row] = prints[generator.integers(rows)]
        for bit in generator.integers(0, 64 * words, generator.integers(0, 12)):
            prints[row, bit // 64] ^= np.uint64(1 << (int(bit) % 64))
    return prints[:, 0] if words == 1 else prints


def plain(queries: np.ndarray, prints: np.ndarray, radius: int) -> list[tuple[int, int, int]]:
    """Compare everything with everything, in Python integers."""
    left, right = ([int.from_bytes(row.tobytes(), "little") for row in side] for side in (queries, prints))
    pairs = ((i, j, (a ^ b).bit_count()) for i, a in enumerate(left) for j, b in enumerate(right))
    return [pair for pair in pairs if pair[2] <= radius]


def listed(block: PairBlock) -> list[tuple[int, int, int]]:
    return list(zip(*(column.tolist() for column in block), strict=True))


def upper(pairs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    return [pair for pair in pairs if pair[0] < pair[1]]


@pytest.fixture
def banded(monkeypatch):
    """Send every join through bands, however small it is."""
    monkeypatch.setattr(hamming_numpy, "COSTS", BANDED)
    if NUMBA:
        monkeypatch.setattr("dedupelab.match.search.hamming_numba.COSTS", BANDED)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("words", [1, 4])
@pytest.mark.parametrize("radius", [0, 1, 7, 8, 21, 40, 64])
def test_self_join_is_plain_comparison(engine, words, radius, banded):
    """Whatever the radius and the size of the fingerprint, bands find exactly the pairs of a plain comparison."""
    prints = clumped(150, radius, words)
    found = hamming.self_join(prints, radius, engine=engine)
    assert listed(found.expand()) == upper(plain(prints, prints, radius))


@pytest.mark.parametrize("engine", ENGINES)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=40), st.integers(0, 64), st.data())
@settings(deadline=None, max_examples=60)
def test_any_prints(engine, values, radius, data):
    """Any list of numbers, with neighbours and repeats drawn at will, joins like a plain comparison."""
    if values:
        flips = st.tuples(st.sampled_from(values), st.integers(0, 63), st.integers(0, 63))
        values = values + [v ^ 1 << a ^ 1 << b for v, a, b in data.draw(st.lists(flips, max_size=20))]
    prints = np.array(values, np.uint64)
    expected = plain(prints, prints, radius)
    assert listed(hamming.self_join(prints, radius, engine=engine).expand()) == upper(expected)
    assert listed(hamming.join(prints, prints, radius, engine=engine).expand()) == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("words", [1, 4])
def test_join_is_plain_comparison(engine, words, banded):
    """A against B through bands is a plain comparison, copies on both sides included."""
    prints = clumped(160, 5, words)
    queries = np.concatenate((prints[:40], clumped(50, 6, words)))
    assert listed(hamming.join(queries, prints, 9, engine=engine).expand()) == plain(queries, prints, 9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("words", [1, 4])
def test_planned_join_of_thousands(engine, words):
    """At the size where the cost model itself chooses bands, the pairs are those of comparing everything."""
    prints = clumped(6000, 1, words)
    found = listed(hamming.self_join(prints, 8, engine=engine).pairs)
    classes = collapse(prints)
    different = prints[classes.first]
    near = []
    for row in range(len(different)):
        distance = hamming_numpy.bit_count(different[row + 1 :] ^ different[row])
        near += [
            (int(classes.first[row]), int(classes.first[row + 1 + column]), int(distance[column]))
            for column in np.flatnonzero(distance <= 8)
        ]
    assert found == near
    assert len(plan_bands(6000, 6000, 64 * words, 8, hamming_numpy.COSTS)) > 1


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_do_not_change_the_result(engine, banded, monkeypatch):
    """Three threads give the same pairs in the same order as one."""
    monkeypatch.setattr(hamming, "SPAN", 50)
    prints = clumped(3000, 2)
    one = hamming.self_join(prints, 8, engine=engine)
    three = hamming.self_join(prints, 8, engine=engine, threads=3)
    assert listed(one.pairs) == listed(three.pairs)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("threads", "workers"), [(2, 0), (5, 0), (1, 1), (1, 4)])
@given(
    values=st.lists(st.integers(0, 2**64 - 1), max_size=40),
    radius=st.integers(0, 64),
    seed=st.integers(0, 2**32),
    long=st.sampled_from([1e-12, 1e-8, 10.0]),
)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_number_of_workers_is_plain_comparison(
    engine, threads, workers, values, radius, seed, long, banded, monkeypatch
):
    """Any prints, shared out among threads or sent to workers in any number of parts, join like a plain comparison."""
    monkeypatch.setattr(hamming, "SPAN", 3)
    monkeypatch.setattr(hamming, "WORTH_SENDING", 0.0)
    monkeypatch.setattr(band_search, "PART_SECONDS", long)
    prints = np.concatenate((np.array(values, np.uint64), clumped(len(values), seed)))
    expected = plain(prints, prints, radius)
    with ThreadPoolExecutor(workers) if workers else nullcontext() as executor:
        spread = {"engine": engine, "threads": threads, "executor": executor}
        assert listed(hamming.self_join(prints, radius, **spread).expand()) == upper(expected)
        assert listed(hamming.join(prints, prints, radius, **spread).expand()) == expected


def test_bands_are_sent_when_that_pays(banded, monkeypatch):
    """A small join stays in this process; a larger one gives a worker at least one task per band."""
    sent = []
    with ThreadPoolExecutor(2) as executor:
        submit = executor.submit
        monkeypatch.setattr(executor, "submit", lambda *a: sent.append(a) or submit(*a))
        prints = clumped(300, 9)
        hamming.self_join(prints, 8, executor=executor)
        assert sent == []
        monkeypatch.setattr(hamming, "WORTH_SENDING", 0.0)
        found = hamming.self_join(prints, 8, executor=executor)
    assert len(sent) >= len(plan_bands(300, 300, 64, 8, BANDED)) > 1
    assert listed(found.pairs) == listed(hamming.self_join(prints, 8).pairs)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=30), st.integers(0, 20), st.randoms())
@settings(deadline=None, max_examples=30)
def test_order_of_rows_does_not_matter(values, radius, random):
    """Shuffling the rows renames the pairs and nothing else: distance is symmetric."""
    shuffled = values.copy()
    random.shuffle(shuffled)

    def content(rows):
        block = hamming.self_join(np.array(rows, np.uint64), radius, engine="numpy").expand()
        return sorted((*sorted((rows[i], rows[j])), d) for i, j, d in listed(block))

    assert content(values) == content(shuffled)


@pytest.mark.parametrize("engine", ENGINES)
def test_identical_prints_stay_collapsed(engine):
    """50,000 equal fingerprints are one class and no pair; as a star they are 49,999 pairs, not 1.25 billion."""
    prints = np.full(50_000, 7, np.uint64)
    found = hamming.self_join(prints, 8, engine=engine)
    assert len(found.left) == 1
    assert len(found.pairs.left) == 0
    star = found.expand(limit=64)
    assert set(star.left.tolist()) == {0}
    assert star.right.tolist() == list(range(1, 50_000))


def test_limit_keeps_small_classes_whole():
    """Classes up to the limit are multiplied out; a larger one takes part through its first row only."""
    prints = np.array([1, 1, 3, 3, 3, 3], np.uint64)
    found = listed(hamming.self_join(prints, 1).expand(limit=2))
    assert found == [(0, 1, 0), (0, 2, 1), (1, 2, 1), (2, 3, 0), (2, 4, 0), (2, 5, 0)]


def test_kernel_goes_on_where_its_buffer_was_full(monkeypatch):
    """A result buffer smaller than one row's neighbours grows; no pair is lost or doubled."""
    kernels = pytest.importorskip("dedupelab.match.search.hamming_numba")
    monkeypatch.setattr(kernels, "CAPACITY", 1)
    prints = clumped(400, 4)
    assert listed(hamming.self_join(prints, 26, engine="numba").pairs) == listed(
        hamming.self_join(prints, 26, engine="numpy").pairs
    )


@pytest.mark.parametrize(
    ("bits", "radius"), [(64, 0), (64, 8), (64, 63), (64, 64), (256, 31), (256, 40), (256, 256)]
)
@pytest.mark.parametrize("rows", [10, 100_000, 10_000_000])
def test_plans_are_exact(bits, radius, rows):
    """Bands do not overlap, lie within the fingerprint, and their radii cover one error more than the radius."""
    plan = plan_bands(rows, rows, bits, radius, hamming_numpy.COSTS)
    used = [bit for band in plan for bit in range(band.shift, band.shift + band.width)]
    assert len(used) == len(set(used))
    assert set(used) <= set(range(bits))
    assert sum(band.radius + 1 for band in plan) >= radius + 1


def test_keys_cross_words():
    """A band that lies across two words of a 256-bit fingerprint is read from both."""
    prints = np.array([[0b11 << 62, 0b01, 0, 0]], np.uint64)
    assert Band(shift=62, width=4, radius=0).keys(prints).tolist() == [0b0111]
    assert Band(shift=62, width=4, radius=0).mask(4).tolist() == [0b11 << 62, 0b11, 0, 0]


@pytest.mark.parametrize(
    ("prints", "radius", "options", "message"),
    [
        (np.zeros(3, np.int64), 8, {}, "must be uint64"),
        (np.zeros((3, 2), np.uint64), 8, {}, "shape"),
        (np.zeros(3, np.uint64), 65, {}, r"within 0\.\.64, got 65"),
        (np.zeros((3, 4), np.uint64), -1, {}, r"within 0\.\.256, got -1"),
        (np.zeros(3, np.uint64), 8, {"engine": "gpu"}, "auto, numba or numpy, got gpu"),
        (np.zeros(3, np.uint64), 8, {"threads": 0}, "at least 1"),
    ],
)
def test_bad_calls_are_refused(prints, radius, options, message):
    """Another type, shape, radius, engine or number of threads is refused with what was expected."""
    with pytest.raises(ConfigError, match=message):
        hamming.self_join(prints, radius, **options)


def test_sides_of_different_size_are_refused():
    """64 bits against 256 bits is refused."""
    with pytest.raises(ConfigError, match="both sides"):
        hamming.join(np.zeros(3, np.uint64), np.zeros((3, 4), np.uint64), 8)


def test_numba_is_optional(monkeypatch):
    """Without numba, auto takes numpy however large the join, and asking for numba says what to install."""
    monkeypatch.setattr(hamming, "WORTH_COMPILING", 0.0)
    monkeypatch.setattr(hamming.importlib.util, "find_spec", lambda name: None)
    prints = np.array([1, 3], np.uint64)
    assert listed(hamming.self_join(prints, 1).pairs) == [(0, 1, 1)]
    with pytest.raises(MissingExtraError, match="numba"):
        hamming.self_join(prints, 1, engine="numba")


@pytest.mark.skipif(not NUMBA, reason="numba is not installed")
def test_auto_takes_numba_only_where_it_pays(monkeypatch):
    """A join that numpy does at once does not load the compiler; a larger one does."""
    from dedupelab.match.search import hamming_numba

    used = []
    for module in (hamming_numpy, hamming_numba):
        original = module.near_pairs
        monkeypatch.setattr(
            module, "near_pairs", lambda *a, m=module, o=original, **k: used.append(m) or o(*a, **k)
        )
    hamming.self_join(clumped(50, 1), 2)
    assert set(used) == {hamming_numpy}
    monkeypatch.setattr(hamming, "WORTH_COMPILING", 0.0)
    used.clear()
    hamming.self_join(clumped(50, 1), 2)
    assert set(used) == {hamming_numba}


def test_no_prints():
    """Nothing joins with nothing."""
    nothing = np.empty(0, np.uint64)
    assert listed(hamming.self_join(nothing, 8).expand()) == []
    assert listed(hamming.join(nothing, np.array([1], np.uint64), 8).expand()) == []


def test_import_loads_no_compiler():
    """Importing the join loads neither numba nor llvmlite."""
    code = "import sys, dedupelab.match.search.hamming; sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    root = str(Path(hamming.__file__).parents[3])
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
