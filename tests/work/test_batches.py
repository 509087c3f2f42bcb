"""Batches come back in order and whole, and are taken only as they are needed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dedupelab.work.batches import run_batches, run_each


@pytest.mark.parametrize("tasks", [0, 1, 7, 100])
@pytest.mark.parametrize("ahead", [1, 3, 500])
def test_results_come_in_order(tasks, ahead):
    """With and without an executor, however many are under way."""
    expected = [number * 2 for number in range(tasks)]
    assert list(run_batches(lambda number: number * 2, range(tasks), None, ahead=ahead)) == expected
    with ThreadPoolExecutor(3) as executor:
        assert list(run_batches(lambda number: number * 2, range(tasks), executor, ahead=ahead)) == expected


@pytest.mark.parametrize("size", [1, 3, 100])
def test_each_item_has_its_result(size):
    """However many of them are one batch."""
    with ThreadPoolExecutor(3) as executor:
        assert list(run_each(abs, range(-7, 0), executor, size=size)) == [7, 6, 5, 4, 3, 2, 1]
        assert list(run_each(abs, [], executor, size=size)) == []


def test_tasks_are_taken_as_they_are_needed():
    """A generator of a million tasks is not drawn out at once."""
    taken = []
    tasks = (taken.append(number) or number for number in range(1_000_000))
    with ThreadPoolExecutor(2) as executor:
        results = run_batches(abs, tasks, executor, ahead=10)
        assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
        assert len(taken) == 15
        results.close()


def test_an_error_ends_it():
    """The error of a task is the caller's; what has not begun is cancelled."""
    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        list(run_batches(lambda number: 1 // number, [1, 0, 1], executor))
