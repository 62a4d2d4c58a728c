"""Heatmaps in true colours, pixel by pixel: what those with a palette must look like."""

import numpy.typing as npt

from nvr.model import Picture
from processor.heatmap import ColourMap, Scale, coloured, enlarged, intensity


def render(
    counts: npt.ArrayLike,
    width: int,
    height: int,
    *,
    colours: ColourMap = ColourMap.JET,
    scale: Scale = Scale.LOG,
) -> Picture:
    """Counts as an RGB picture `(height, width, 3) uint8`."""
    return coloured(enlarged(intensity(counts, scale), width, height), colours)
