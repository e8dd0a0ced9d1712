"""The data that one artist of matplotlib holds: lines, bars, bands, arrows, boxes, points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch, Rectangle
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike, NDArray

_DIGITS = 6
_NOTHING = 1e-9  # a share of the axis: smaller is rounding error around zero
_BREAK = np.full((1, 2), np.nan)  # between two pieces of one artist

Corners: TypeAlias = NDArray[np.float64]  # (n, 2), data units
Number: TypeAlias = float | None  # None where nothing is drawn


@dataclass(frozen=True)
class Shape:
    """One line, bar, band, arrow, box or set of points: its corners in data units.

    A line across the whole panel has 0 and 1 in the direction that it crosses.
    """

    kind: str
    x: tuple[Number, ...]
    y: tuple[Number, ...]
    colours: tuple[str, ...]  # one, or one a piece
    dashed: bool
    label: str  # what the legend calls it, or ""


def shape(artist: Artist, reach: tuple[float, float]) -> Shape:
    """What an artist holds; `reach`: see `numbers`, for x and y. TypeError: it cannot be read."""
    kind, corners, colours, dashed = _read(artist)
    label = str(artist.get_label())
    return Shape(
        kind,
        numbers(corners[:, 0], reach[0]),
        numbers(corners[:, 1], reach[1]),
        tuple(to_hex(c) for c in colours),
        dashed,
        "" if label.startswith("_") else label,
    )


def numbers(values: ArrayLike, reach: float) -> tuple[Number, ...]:
    """Values to 6 significant digits; zero if tiny beside `reach`, how far the axis goes from 0."""
    return tuple(_number(float(v), reach) for v in np.ravel(np.asarray(values, float)))


def _number(value: float, reach: float) -> Number:
    if not np.isfinite(value):
        return None
    return 0.0 if abs(value) <= _NOTHING * reach else float(f"{value:.{_DIGITS}g}")


def _read(artist: Artist) -> tuple[str, Corners, Sequence[ColorType], bool]:
    """Kind, corners, colours and whether dashed."""
    if isinstance(artist, Line2D):
        return _line(artist)
    if isinstance(artist, Patch):
        return _patch(artist)
    if isinstance(artist, Collection):
        return _collection(artist)
    raise TypeError(f"a figure's numbers cannot be read from {type(artist).__name__}")


def _line(line: Line2D) -> tuple[str, Corners, Sequence[ColorType], bool]:
    """A line, or points alone: those are named by their marker and coloured as they are filled."""
    marker = str(line.get_marker())
    corners = np.asarray(line.get_xydata(), np.float64)
    if line.get_linestyle() == "None":
        return f"points {marker}", corners, [line.get_markerfacecolor()], False
    kind = "line" if marker == "None" else f"line {marker}"
    return kind, corners, [line.get_color()], line.is_dashed()


def _patch(patch: Patch) -> tuple[str, Corners, Sequence[ColorType], bool]:
    """An arrow by its two ends, a bar or box by its extent, any other patch by its corners."""
    dashed = patch.get_linestyle() not in ("-", "solid")
    if isinstance(patch, FancyArrowPatch):
        # Its path is no use: the head's size is in points, not in data units.
        ends = np.array(patch._posA_posB, np.float64)  # type: ignore[attr-defined,unused-ignore]
        return "arrow", ends, [patch.get_edgecolor()], dashed
    colour = patch.get_facecolor() if patch.get_fill() else patch.get_edgecolor()
    if isinstance(patch, Rectangle | FancyBboxPatch):
        x, y = patch.get_x(), patch.get_y()
        corners = np.array([(x, y), (x + patch.get_width(), y + patch.get_height())])
        return "bar" if isinstance(patch, Rectangle) else "box", corners, [colour], dashed
    path = patch.get_patch_transform().transform_path(patch.get_path())
    return "area", np.asarray(path.vertices, np.float64), [colour], dashed


def _collection(collection: Collection) -> tuple[str, Corners, Sequence[ColorType], bool]:
    """Intervals, bands or scattered points, with a gap (nan) between pieces."""
    collection.update_scalarmappable()  # colours from numbers, as at drawing
    dashed = any(dashes is not None for _, dashes in collection.get_linestyle())
    if isinstance(collection, PathCollection):
        points: Corners = np.ma.filled(collection.get_offsets(), np.nan)
        return "points", points, list(collection.get_facecolor()), dashed
    if isinstance(collection, LineCollection):
        segments, colours = collection.get_segments(), list(collection.get_color())
        return "segments", _joined(segments), colours, dashed
    outlines = [np.asarray(p.vertices, np.float64) for p in collection.get_paths()]
    return "band", _joined(outlines), list(collection.get_facecolor()), dashed


def _joined(pieces: Sequence[Corners]) -> Corners:
    between = [part for piece in pieces for part in (_BREAK, np.asarray(piece, np.float64))]
    return np.concatenate(between[1:]) if between else np.empty((0, 2))
