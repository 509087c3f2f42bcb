"""What a page says of pictures and words that it keeps from its readers on request."""

from collections.abc import Sequence
from functools import reduce

from dedupelab.publish.language.language import _, plural


def noted(note: str, shielded: int, silent: int) -> str:
    """Return a contact sheet's note with how many copies have blurred parts, and of how many the words are hidden."""
    parts = [note]
    if shielded:
        parts.append(
            plural(
                "Parts of {count:,} copy are blurred on request.",
                "Parts of {count:,} copies are blurred on request.",
                shielded,
            )
        )
    if silent:
        parts.append(
            plural(
                "What is said of {count:,} copy is hidden on request.",
                "What is said of {count:,} copies is hidden on request.",
                silent,
            )
        )
    return _sentences(parts)


def told(kept: Sequence[tuple[int, int, int]]) -> str:
    """Return what the examples do not show, from each one's copies blurred, without words, and left out; "" for nothing."""
    blurred, silent, absent = (sum(each[n] for each in kept) for n in range(3))
    parts = []
    if blurred:
        parts.append(
            plural(
                "{count:,} picture is shown with parts blurred, at the request of reviewers or of those concerned.",
                "{count:,} pictures are shown with parts blurred, at the request of reviewers or of those concerned.",
                blurred,
            )
        )
    if silent:
        parts.append(
            plural(
                "What the holder says of {count:,} picture is hidden on request.",
                "What the holders say of {count:,} pictures is hidden on request.",
                silent,
            )
        )
    if absent:
        parts.append(
            plural(
                "{count:,} copy of these groups is left out on request, or because it would show what is blurred in another.",
                "{count:,} copies of these groups are left out on request, or because they would show what is blurred in another.",
                absent,
            )
        )
    return _sentences(parts) if parts else ""


def _sentences(parts: Sequence[str]) -> str:
    return reduce(lambda first, second: _("{first} {second}", first=first, second=second), parts)
