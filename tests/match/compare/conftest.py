"""Pictures as a match opens them: small and gray for the comparison, in colour and at their own size for the closer look."""

import numpy as np
import pytest
from PIL import Image

from dedupelab.match.compare.verification import AlignedComparison

VERIFY = AlignedComparison()


def prepared(picture: Image.Image):
    small = picture.convert("L")
    small.thumbnail((512, 512), Image.Resampling.LANCZOS)
    colour = np.asarray(picture.convert("RGB"))
    return VERIFY.prepare(np.asarray(small), lambda: colour)


@pytest.fixture(scope="session")
def judged():
    """Judge two pictures as a match does: `judged(one, other)` is the verdict."""

    def judge(one: Image.Image, other: Image.Image, transform: str = "identity"):
        return VERIFY.judge(prepared(one), prepared(other), transform)

    return judge
