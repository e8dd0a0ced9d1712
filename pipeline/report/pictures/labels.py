"""Labels beside points that do not cover each other."""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from pipeline.report.pictures.style import INK

Array = NDArray[np.float64]
# Left, bottom, right, top in points of type.
Box = tuple[float, float, float, float]

_DOT = 2.0  # half width of a point, in points of type
_LINE = 0.9  # the same of a line
_GAPS = (3.0, 6.0, 9.5)
# Right, left, above, below, then the corners: where a label may stand beside its point.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def label_points(
    axes: Axes,
    x: Array,
    y: Array,
    labels: list[str],
    size: tuple[float, float],
    points: float,
    lines: Sequence[tuple[Array, Array]] = (),
) -> None:
    """Write labels beside the points (n,), each at the free place nearest to it, or the least
    covered one.

    size: width and height of the axes in points of type, about: the places are chosen from it and
    the limits, not from the finished layout, so that they are the same every time. lines: what
    labels should not stand on, as corners (x, y) in the order drawn. A label that stands off gets a
    thin line to its point.
    """
    at = _placed(axes, size, x, y)
    taken = [_box(p, (_DOT, _DOT)) for p in at]
    taken += [_box(p, (_LINE, _LINE)) for line in lines for p in _along(_placed(axes, size, *line))]
    for i in _crowded_first(at):
        half = 0.32 * points * len(labels[i]), 0.45 * points
        offsets = [
            (sx * (gap + half[0]), sy * (gap * 0.8 + half[1]))
            for gap, (sx, sy) in product(_GAPS, _SIDES)
        ]
        boxes = [_box(at[i] + offset, half) for offset in offsets]
        others = [b for k, b in enumerate(taken) if k != i]
        covered = [round(_overlap(box, others) + _outside(box, size), 3) for box in boxes]
        best = int(np.argmin(covered))
        taken.append(boxes[best])
        _write(axes, labels[i], (x[i], y[i]), offsets[best], points, off=best >= len(_SIDES))


def _write(
    axes: Axes,
    label: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    points: float,
    *,
    off: bool,
) -> None:
    line = {"arrowstyle": "-", "color": INK, "lw": 0.3, "shrinkA": 0, "shrinkB": 1} if off else None
    axes.annotate(
        label,
        at,
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=points,
        color=INK,
        arrowprops=line,
        in_layout=False,  # places inside the axes were chosen before the layout
    )


def _placed(axes: Axes, size: tuple[float, float], x: Array, y: Array) -> Array:
    """Points (n, 2) in points of type from the lower left corner."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    return np.column_stack(
        [(x - left) / (right - left) * size[0], (y - low) / (high - low) * size[1]]
    )


def _box(middle: Array, half: tuple[float, float]) -> Box:
    x, y = middle
    return x - half[0], y - half[1], x + half[0], y + half[1]


def _along(corners: Array) -> Array:
    """Points (m, 2) on the line through the corners, closer to each other than a line is wide."""
    steps = [np.linspace(a, b, 2 + int(np.hypot(*(b - a)) / _LINE)) for a, b in pairwise(corners)]
    return np.concatenate(steps)


def _crowded_first(at: Array) -> list[int]:
    """Points in the order of the distance to their nearest neighbour: those with the least choice
    choose first."""
    apart = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    return [int(i) for i in np.argsort(apart.min(axis=1).round(3), kind="stable")]


def _overlap(box: Box, others: list[Box]) -> float:
    """Area of the box that others cover."""
    o = np.array(others).reshape(-1, 4)
    width = np.minimum(box[2], o[:, 2]) - np.maximum(box[0], o[:, 0])
    height = np.minimum(box[3], o[:, 3]) - np.maximum(box[1], o[:, 1])
    return float((width.clip(0) * height.clip(0)).sum())


def _outside(box: Box, size: tuple[float, float]) -> float:
    """How far the box stands outside the axes, as an area of one line of type."""
    beyond = (-box[0], -box[1], box[2] - size[0], box[3] - size[1])
    return 10 * float(sum(max(b, 0) for b in beyond))
