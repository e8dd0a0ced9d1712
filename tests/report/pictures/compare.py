"""Two pictures compared with a tolerance: letters may shift by a pixel, a bar may not."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

_CLEAR = 64  # of 255: more than the smoothing of an edge


@dataclass(frozen=True)
class Difference:
    """How far two pictures of one size differ."""

    mean: float  # of all pixels and colours, 0 to 255
    share: float  # of pixels that differ clearly

    def within(self, mean: float = 0.5, share: float = 0.002) -> bool:
        """Whether both stay below what other versions of a rasteriser may do."""
        return self.mean <= mean and self.share <= share


def difference(one: bytes, other: bytes) -> Difference:
    """The difference of two png files; ValueError: their sizes differ."""
    first, second = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float) for png in (one, other)
    )
    if first.shape != second.shape:
        raise ValueError(f"pictures of different sizes: {first.shape} and {second.shape}")
    apart = np.abs(first - second)
    return Difference(float(apart.mean()), float((apart.max(axis=2) > _CLEAR).mean()))
