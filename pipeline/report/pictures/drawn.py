"""What a figure says: the numbers and words that its artists hold, in data units.

Nothing here depends on the layout, on fonts or on pixels, so two processors read the same from the
same results, and a test can tell a wrong number from a moved label.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator

from pipeline.report.pictures.shapes import Number, Shape, numbers, shape


@dataclass(frozen=True)
class Words:
    """A text, and the point of the data that it stands at or speaks of, where it has one."""

    text: str
    at: tuple[Number, ...] | None


@dataclass(frozen=True)
class Scale:
    """One axis: its name, its ends, and the ticks that were set by hand with their names."""

    label: str
    ends: tuple[Number, ...]
    ticks: tuple[Number, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """One pair of axes."""

    title: str
    x: Scale
    y: Scale
    shapes: tuple[Shape, ...]
    words: tuple[Words, ...]
    legend: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """Everything a figure says; `dataclasses.asdict` makes it fit for json."""

    words: tuple[str, ...]
    panels: tuple[Panel, ...]


def drawn(figure: Figure) -> Drawn:
    """The numbers (6 significant digits, data units) and words of a figure before it is rendered.

    Raises TypeError at an artist that it cannot read: nothing drawn may go unseen.
    """
    words = [t.get_text() for t in figure.texts if t.get_visible()]
    legends = [text for legend in figure.legends for text in _legend(legend)]
    panels = tuple(_panel(axes) for axes in figure.axes if axes.get_visible())
    return Drawn((*words, *legends), panels)


def _panel(axes: Axes) -> Panel:
    ends = axes.get_xlim(), axes.get_ylim()
    reach = _reach(ends[0]), _reach(ends[1])
    titles = [axes.get_title(loc=place) for place in ("left", "center", "right")]
    artists: list[Artist] = [*axes.lines, *axes.patches, *axes.collections, *axes.images]
    return Panel(
        title=" ".join(t for t in titles if t),
        x=_scale(axes.xaxis, ends[0], "labelbottom", shown=axes.axison),
        y=_scale(axes.yaxis, ends[1], "labelleft", shown=axes.axison),
        shapes=tuple(shape(a, reach) for a in artists if a.get_visible()),
        words=tuple(_words(t, axes, reach) for t in axes.texts if _is_seen(t)),
        legend=_legend(axes.get_legend()),
    )


def _reach(ends: tuple[float, float]) -> float:
    return max(abs(ends[0]), abs(ends[1]))


def _scale(axis: Axis, ends: tuple[float, float], side: str, *, shown: bool) -> Scale:
    """An axis; ticks that matplotlib chose are left out: their number depends on the room."""
    reach = _reach(ends)
    if not shown:
        return Scale("", numbers(ends, reach), (), ())
    by_hand = isinstance(axis.get_major_locator(), FixedLocator)
    places = np.asarray(axis.get_majorticklocs() if by_hand else [], float)
    named = len(places) > 0 and axis.get_tick_params(which="major").get(side, True)
    names = axis.get_major_formatter().format_ticks(list(places)) if named else []
    return Scale(axis.get_label_text(), numbers(ends, reach), numbers(places, reach), tuple(names))


def _words(text: Text, axes: Axes, reach: tuple[float, float]) -> Words:
    if isinstance(text, Annotation):
        place = text.xy if text.xycoords == "data" else None
    else:
        place = text.get_position() if text.get_transform() == axes.transData else None
    if place is None:
        return Words(text.get_text(), None)
    at = (*numbers([place[0]], reach[0]), *numbers([place[1]], reach[1]))
    return Words(text.get_text(), at)


def _legend(legend: Legend | None) -> tuple[str, ...]:
    if legend is None:
        return ()
    texts = [legend.get_title(), *legend.get_texts()]
    return tuple(t.get_text() for t in texts if _is_seen(t))


def _is_seen(text: Text) -> bool:
    return bool(text.get_visible() and text.get_text())
