"""Other exposures of a scene: a little later, from a little further left, with something moved.

A photographer's burst is no set of copies. Each frame is therefore made anew from the region: nearer things shift more
than farther ones (parallax), one thing moves on its own, exposure and grain differ.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from dedupelab.sample.photographs import add_noise

GRID = 8


def expose_again(picture: Image.Image, frame: int, rng: np.random.Generator) -> Image.Image:
    """Return frame number `frame` (1, 2, ...) of a burst whose first frame is `picture`; same size."""
    moved = _move_part(picture, rng)
    seen = _step_aside(moved, frame, rng)
    gain, lift = float(rng.uniform(0.86, 1.16)), float(rng.uniform(-8, 8))
    levels = [min(255, max(0, round(level * gain + lift))) for level in range(256)]
    return add_noise(seen.point(levels * len(seen.getbands())), 3.0, rng)


def _step_aside(picture: Image.Image, frame: int, rng: np.random.Generator) -> Image.Image:
    """Warp by a smooth field of depths: up to 9 per cent of the width, more where things are near."""
    stride = float(rng.uniform(0.7, 1.0))
    width, height = picture.size
    depth = rng.uniform(0.0, 1.0, (GRID + 1, GRID + 1))
    depth = (depth + np.roll(depth, 1, 0) + np.roll(depth, 1, 1)) / 3
    # Frames are taken from either side in turn, so that two later frames differ from each other too.
    side = 1.0 if frame % 2 else -1.0
    across = stride * side * width * (0.02 + 0.012 * frame + 0.05 * depth)
    down = stride * height * (float(rng.uniform(-0.02, 0.02)) + 0.015 * (depth - 0.5))
    # The view is a little narrower than the picture, so that nothing beyond its edge is asked for.
    margin = 0.09 * stride
    columns = width * (margin + (1 - 2 * margin) * np.linspace(0, 1, GRID + 1))
    rows = height * (margin / 2 + (1 - margin) * np.linspace(0, 1, GRID + 1))
    x = np.clip(columns[None, :] + across, 0, width - 1)
    y = np.clip(rows[:, None] + down, 0, height - 1)
    edges_x = np.linspace(0, width, GRID + 1).round().astype(int)
    edges_y = np.linspace(0, height, GRID + 1).round().astype(int)
    mesh = []
    for row in range(GRID):
        for column in range(GRID):
            target = (
                int(edges_x[column]),
                int(edges_y[row]),
                int(edges_x[column + 1]),
                int(edges_y[row + 1]),
            )
            corners = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            mesh.append((target, tuple(float(v) for corner in corners for v in (x[corner], y[corner]))))
    return picture.transform(picture.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def _move_part(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Move one round thing, a fifth of the picture wide, by half its width."""
    width, height = picture.size
    radius = min(width, height) // 9
    x = int(rng.integers(2 * radius, width - 3 * radius))
    y = int(rng.integers(2 * radius, height - 2 * radius))
    mask = Image.new("L", (2 * radius, 2 * radius))
    ImageDraw.Draw(mask).ellipse(
        (radius // 5, radius // 5, 2 * radius - radius // 5, 2 * radius - radius // 5), fill=255
    )
    part = picture.crop((x - radius, y - radius, x + radius, y + radius))
    result = picture.copy()
    result.paste(part, (x, y - radius), mask.filter(ImageFilter.GaussianBlur(radius / 8)))
    return result
