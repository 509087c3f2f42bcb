"""What every test may lean on: a quiet, repeatable surrounding, drawn pictures, and the programs of the system."""

import os
import shutil
from collections.abc import Callable, Iterator

# Before anything imports matplotlib or starts a process. Hash randomisation itself stays on in the test process: what
# depends on the order of a set is to be found here, and kernels and commands are given their own fixed seed.
os.environ["MPLBACKEND"] = "Agg"
os.environ["TZ"] = "UTC"
# Two workers on two cores: libraries that start threads of their own would only get in each other's way.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402 - see above
import pytest  # noqa: E402 - see above
from hypothesis import settings  # noqa: E402 - see above
from PIL import Image, ImageDraw, ImageFilter  # noqa: E402 - see above

# How long an example takes says something of the machine, not of the claim.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = ("frames", "shared_studies")
"""Fixtures that several folders share; they lie in `fixtures/`."""

PHOTOGRAPHS = ("astronaut", "camera", "cat", "coffee", "coins", "hubble_deep_field", "moon", "rocket", "text")
"""skimage.data functions whose pictures lie inside the wheel: nothing is fetched."""


def pytest_xdist_auto_num_workers() -> int:
    """Have one worker more than cores: a sixth of the time a test waits for a browser, a kernel or a server."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with slow tests first, so that at the end no process is busy with one while the others wait."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Sign runs with a key of the tests' own, never with one in somebody's home folder."""
    os.environ["DEDUPELAB_KEY"] = str(tmp_path_factory.mktemp("key") / "minisign.key")


@pytest.fixture(scope="session")
def photograph() -> Callable[..., Image.Image]:
    """Cut a natural-looking picture out of a packaged photograph: `photograph(seed, size=(320, 240))`.

    The seed chooses the photograph, the region (at least half of each side), whether it is mirrored and its brightness.
    Equal seeds give equal pixels; seeds 0 to 8 are nine different works, and from 9 on the photographs come round again.
    """
    from skimage import data

    def cut(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
        rng = np.random.default_rng(seed)
        whole = Image.fromarray(getattr(data, PHOTOGRAPHS[seed % len(PHOTOGRAPHS)])()).convert("RGB")
        share = rng.uniform(0.5, 0.9)
        width, height = (int(side * share) for side in whole.size)
        left, top = (
            int(rng.integers(0, side - part)) for side, part in zip(whole.size, (width, height), strict=True)
        )
        picture = whole.crop((left, top, left + width, top + height)).resize(size, Image.Resampling.LANCZOS)
        tone = rng.uniform(0.85, 1.15)
        pixels = np.clip(np.asarray(picture, dtype=float) * tone, 0, 255).astype(np.uint8)
        return Image.fromarray(np.ascontiguousarray(pixels[:, :: rng.choice((1, -1))]))

    return cut


@pytest.fixture(scope="session")
def picture() -> Callable[..., Image.Image]:
    """Draw a synthetic picture with soft and hard edges at every scale: `picture(seed, size=(160, 120), mode="RGB")`."""

    def draw(seed: int, size: tuple[int, int] = (160, 120), mode: str = "RGB") -> Image.Image:
        rng = np.random.default_rng(seed)
        coarse = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8))
        drawn = coarse.resize(size, Image.Resampling.BICUBIC)
        pen = ImageDraw.Draw(drawn)
        for _ in range(9):
            box = np.sort(rng.uniform(0, 1, (2, 2)), axis=0) * size
            shape = pen.ellipse if rng.random() < 0.5 else pen.rectangle
            shape([tuple(corner) for corner in box], fill=tuple(int(c) for c in rng.integers(0, 256, 3)))
        return drawn.filter(ImageFilter.GaussianBlur(0.6)).convert(mode)

    return draw


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Find a program of the system, of `debian-packages.txt`: `program("chromium")` is its path.

    The test that asks for an absent one is skipped, except where CI is set: there nothing may go unnoticed.
    """

    def find(name: str) -> str:
        if path := shutil.which(name):
            return path
        reason = f"expected the program {name}, got none; remedy: install the packages in tests/debian-packages.txt"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    return find


@pytest.fixture(scope="module")
def browser(program: Callable[[str], str]) -> Iterator[object]:
    """Yield Chromium without a window, which asks nobody for anything.

    For a module at a time: while Playwright is started, its event loop is in the way of all others in the process.
    """
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ]
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=program("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet],
        )
        yield chromium
        chromium.close()
