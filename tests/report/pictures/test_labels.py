"""Labels stand beside their points, inside the axes, and off each other and off lines."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pipeline.report.pictures.labels import label_points

SIZE = (200.0, 150.0)
POINTS = 6.0


def labelled(x, y, texts, lines=()):
    """Boxes (left, bottom, right, top) of the labels in points of type, in their order."""
    axes = Figure().subplots()
    axes.set(xlim=(0, SIZE[0]), ylim=(0, SIZE[1]))
    label_points(axes, np.array(x), np.array(y), texts, SIZE, POINTS, lines)
    boxes = {}
    for text in axes.texts:
        half = 0.32 * POINTS * len(text.get_text()), 0.45 * POINTS
        px, py = np.array(text.xy) + text.xyann
        boxes[text.get_text()] = (px - half[0], py - half[1], px + half[0], py + half[1])
    return [boxes[text] for text in texts]


def apart(a, b):
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_label_alone_stands_to_the_right():
    ((left, low, _, high),) = labelled([100.0], [75.0], ["AB"])
    assert left > 100 and low < 75 < high


@pytest.mark.parametrize("seed", range(5))
def test_labels_of_a_crowd_do_not_cover_each_other(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(20, 180, 20), rng.uniform(20, 130, 20)
    boxes = labelled(x, y, [f"{i:02}" for i in range(20)])
    for i, box in enumerate(boxes):
        assert all(apart(box, other) for other in boxes[:i])


def test_a_label_at_the_edge_stays_inside():
    for x, y in ((198.0, 75.0), (2.0, 75.0), (100.0, 148.0), (199.0, 149.0)):
        ((left, low, right, high),) = labelled([x], [y], ["AB"])
        assert left >= 0 and low >= 0 and right <= SIZE[0] and high <= SIZE[1]


def test_a_label_stands_off_a_line():
    line = (np.array([100.0, 200.0]), np.array([75.0, 75.0]))
    ((_, _, right, _),) = labelled([100.0], [75.0], ["AB"], [line])
    assert right < 100
