"""Two pictures laid on each other at their own resolution: what is followed, and what is not."""

import cv2
import numpy as np
from skimage import data

from dedupelab.match.compare.detail import lay


def gray(picture, size):
    return cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)


def snow():
    """Return a photograph above even ground on which a few specks lie."""
    canvas = np.full((320, 480), 244, np.uint8)
    canvas[:120] = gray(data.coffee(), (480, 320))[100:220]
    for x, y in np.random.default_rng(4).integers((170, 140), (470, 310), (24, 2)).tolist():
        canvas[y : y + 3, x : x + 5] = 90
    return canvas


def test_another_picture_does_not_lead_what_lies_beside_it_astray():
    """A photograph set into another has nothing to follow: specks on even ground beside it lie where they lay."""
    original = snow()
    host = original.copy()
    host[20:300, 20:160] = gray(data.chelsea(), (450, 300))[10:290, 100:240]
    laid = lay(host, original, np.eye(3))
    apart = np.abs(laid.source.astype(int) - laid.target)[:, 164:]
    assert apart.max() < 40, "a speck moved by a pixel differs by 154"


def test_what_a_scanner_bends_is_followed():
    """Lines that sway by a pixel and a half over a page come to lie on each other."""
    page = gray(data.coffee(), (900, 600))
    y, x = np.mgrid[:600, :900].astype(np.float32)
    sway = (1.5 * np.sin(y / 95)).astype(np.float32)
    bent = cv2.remap(page, x + sway, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    laid = lay(bent, page, np.eye(3))
    assert (
        np.abs(laid.source.astype(int) - page)[10:-10, 10:-10].mean()
        < 0.4 * np.abs(bent.astype(int) - page).mean()
    )
