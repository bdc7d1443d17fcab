"""Pictures: which part of them, or only how they are packed."""

from __future__ import annotations

import io
from collections.abc import Iterator

from compendium.sameness.difference import Difference

LARGEST = 16_000_000  # pixels that are held against each other


def of_png(one: bytes, other: bytes) -> Iterator[Difference]:
    """The box of the pixels that differ and how many do; else what else the files say."""
    import numpy as np
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # looked at below
    # by content it could be another kind, of which one calls a program
    before, after = (Image.open(io.BytesIO(data), formats=["PNG"]) for data in (one, other))
    if before.size != after.size:
        yield Difference("its size in pixels", "×".join(map(str, before.size)), "×".join(map(str, after.size)))
        return
    if before.width * before.height > LARGEST:
        return
    first, second = (np.asarray(image.convert("RGBA"), dtype=np.int16) for image in (before, after))
    apart = np.abs(first - second).max(axis=2)
    rows, columns = apart.nonzero()
    if len(rows):
        box = f"x {columns.min()} to {columns.max()}, y {rows.min()} to {rows.max()}"
        yield Difference(f"{len(rows):,} pixels ({box}), by {apart.max()} of 255 at most")
    elif before.info != after.info:
        yield Difference("what it says of itself; every pixel is the same", str(before.info), str(after.info))
    else:
        yield Difference("how it is packed; every pixel is the same")
