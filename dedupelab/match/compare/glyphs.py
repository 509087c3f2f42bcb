"""Single letters: whether one place on a page differs by far more than letters do elsewhere on it.

`differences` forgives what lies within a pixel of the same in the other picture, as scans need; of small type that is most of what
makes a 5 a 6. Here nothing is forgiven: pages are laid to within a part of a pixel, so that what the squares of the difference sum to
over a letter, against how much the letter itself varies, is much the same for all letters of a pair, sharp or faint.
"""

import cv2
import numpy as np

from dedupelab.match.compare.alignment import Gray
from dedupelab.match.compare.cut_outs import WHITE, beside, plain_ground
from dedupelab.match.compare.detail import Laid
from dedupelab.match.compare.differences import CloserLook, Differences, clear_margin, contrast, toned
from dedupelab.match.compare.lettering import OtherWords, faded
from dedupelab.match.compare.medians import percentile
from dedupelab.match.compare.squares import Flags, Floats

SOFT = 0.7
"""Blur of both in pixels against noise, as in `CloserLook`."""
GATHERED = 0.25
"""Spread of what is summed, in heights of a letter: half a letter."""
USUAL = 10.0
"""Height in pixels that is taken where letters have none of their own, as Chinese signs in many pieces."""
LARGE = 12.0
"""Height from which letters are large enough for `differences`: of six scans of pages that would be lost here all have 12 and more."""
LEAST_SPREAD = 1.5
"""Pixels over which is summed at least. Chosen."""
FAINT = 0.03
"""What is added to the variance of the ground, in squares of the full contrast: thin lines alone are no letters. Chosen."""
INK = 0.02
"""Variance from which a place shows ink. Chosen."""
BOUND = (0.12, 2.5)
"""What the largest ratio must exceed, and how many times that of 99 of 100 inked places is added. With less, 0.1 and 2, all of 50 copies of
pages in type of 13 and 17 pixels (60 and 70 %, JPEG 60, softened, scaled twice) stayed below, and all but 10 of 250 with another figure did
not; tilted scans of tables ask for this much."""

SMALL, SMALL_BOUND = 9.0, (0.1, 2.0)
"""Height below which less must be exceeded, and that: of 18 pairs of pages of 13-pixel type at 70 to 90 % with a 6 for an 8 or the like four
more are told apart, one is not; of 60 copies in type of 13 to 17 pixels none is lost by it."""

UNTOLD = 0.4
"""That of 99 of 100 inked places above which small letters differ so much throughout that none can be told from another: copies of pages, scanned or
faxed, come to 0.25, faxes of type of 9 and 10 pixels to 0.5 and more, and so does another amount on them."""


FADED = 0.48
"""That from which a letter on a faded photograph is another one: 102 pairs of ten cards with another figure or sign (stored, made smaller,
softened, scanned) come to 0.489 and more, 74 copies of the same to 0.476 at most but for two scans. Chosen on these."""


def letter_apart(laid: Laid, height: float) -> bool:
    """Return whether some place of a page in small type differs by far more than its letters do elsewhere; `height` is theirs, 0 if unknown."""
    if height >= LARGE:
        return False
    spread = max(LEAST_SPREAD, GATHERED * (height or USUAL))
    ratio, variance, inner = _apart(laid, spread, contrast(_softened(laid.target), laid.valid))
    inked = ratio[inner & (variance > INK)]
    if not len(inked):
        return False
    usual = percentile(inked, 99)
    small = 0 < height < SMALL
    least, times = SMALL_BOUND if small else BOUND
    return (small and usual > UNTOLD) or float(ratio[inner].max()) > least + times * usual


def otherwise_worded(
    laid: Laid, seen: Differences, whole: Laid, alone: tuple[bool, bool], words: OtherWords, look: CloserLook
) -> bool:
    """Return whether two photographs are cards or articles on which other words stand.

    Parameters
    ----------
    seen
        What differs where they are laid.
    whole
        The two beyond what they share.
    alone
        Which of them show one subject and nothing else.
    """
    if all(alone):
        if words(laid, seen):
            return True
        if plain_ground(whole) is None:
            return False
        around = beside(whole, laid)
        return words(around, look(around), plain=(WHITE, WHITE))
    plain = plain_ground(whole)
    return words(laid, seen, plain=plain) or (plain is None and letter_apart_on_faded(laid))


def letter_apart_on_faded(laid: Laid) -> bool:
    """Return whether, where both pictures have words on a faded photograph, some place differs by as much as other letters do.

    Thin letters lie within a pixel of others, and a scan takes half of their contrast: neither ink nor places that differ tell of them.
    """
    span = faded(laid.target)
    if not span or not faded(laid.source):
        return False
    # The faded photograph has no say in how strong letters are, nor has a portrait beside them.
    ratio, _, inner = _apart(laid, GATHERED * LARGE, 2 * span)
    return float(ratio[inner].max(initial=0)) > FADED


def _apart(laid: Laid, spread: float, full: float) -> tuple[Floats, Floats, Flags]:
    """Return by how much places differ against how much they vary, how much that is, and what of it is neither rim nor margin."""
    target = _softened(laid.target)
    source = toned(_softened(laid.source), target, laid.valid)
    one, two = (each.astype(np.float32) / np.float32(full) for each in (source, target))
    variance = np.maximum(
        *(_gathered(each * each, spread) - _gathered(each, spread) ** 2 for each in (one, two))
    )
    ratio = _gathered((one - two) ** 2, spread) / (variance + np.float32(FAINT))
    inner = cv2.erode(laid.valid, np.ones((round(4 * spread) | 1,) * 2, np.uint8)) > 0
    clear_margin(inner)
    return ratio, variance, inner


def _softened(picture: Gray) -> Gray:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), SOFT), np.uint8)


def _gathered(values: Floats, spread: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), spread), np.float32)
