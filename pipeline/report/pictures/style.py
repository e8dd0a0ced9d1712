"""How figures look: fonts that hold Chinese, colours, and nothing taken from the machine.

Importing this puts matplotlib's own defaults in place of the user's matplotlibrc, and leaves only
the fonts that ship with matplotlib or with this project.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import get_named_colors_mapping
from matplotlib.figure import Figure

from pipeline.report.pictures.lines import beyond, fitted

_FONTS = Path(__file__).resolve().parent.parent / "fonts"
FAMILIES = frozenset({"DejaVu Sans", "DejaVu Serif", "Noto Sans SC", "Noto Serif SC"})
KEY = "key"  # the id of the line under the figure: `render` moves it when a mark needs its place

# Colours by what they are for: matplotlib looks the names up, and finds those of the active style.
INK, MUTED, ACCENT, WARM = "style:ink", "style:muted", "style:accent", "style:warm"
GROUPS = tuple(f"style:group{i}" for i in range(6))
LEAST = 3.4  # inches: a figure of panels is no narrower, so that its key has room
_OWN_SIZE = 9.0  # the type that sizes in the figures' code are meant beside, points


@dataclass(frozen=True)
class FigureStyle:
    """What a journal decides of its figures; colours are hex codes, `font_size` is in points.

    Raises ValueError at a family that is not in `FAMILIES`: it would look different elsewhere.
    """

    font_size: float = _OWN_SIZE
    families: tuple[str, ...] = ("DejaVu Sans", "Noto Sans SC")
    ink: str = "#222222"
    muted: str = "#888888"
    accent: str = "#1f5a85"
    warm: str = "#b5482a"
    groups: tuple[str, str, str, str, str, str] = (
        "#1f5a85",
        "#c98a1b",
        "#b5482a",
        "#5b7f4b",
        "#6b4c8a",
        "#3f8f8c",
    )
    dots_per_inch: float = 200.0

    def __post_init__(self) -> None:
        unknown = sorted(set(self.families) - FAMILIES)
        if unknown:
            raise ValueError(f"fonts {unknown} do not ship; there are {sorted(FAMILIES)}")

    @contextmanager
    def active(self) -> Iterator[None]:
        """The context in which a figure of this style is drawn, read and rendered."""
        names = get_named_colors_mapping()
        before = {name: names[name] for name in (INK, MUTED, ACCENT, WARM, *GROUPS)}
        with matplotlib.rc_context(self._parameters()):
            self._name_colours()
            try:
                yield
            finally:
                for name, colour in before.items():
                    names[name] = colour

    def make_default(self) -> None:
        """Draw in this style wherever no other is active."""
        matplotlib.rcParams.update(self._parameters())
        self._name_colours()

    def _name_colours(self) -> None:
        names = get_named_colors_mapping()
        colours = (self.ink, self.muted, self.accent, self.warm, *self.groups)
        for name, colour in zip((INK, MUTED, ACCENT, WARM, *GROUPS), colours, strict=True):
            names[name] = colour  # one by one: only so does matplotlib forget what it looked up

    def _parameters(self) -> dict[str, object]:
        return {
            "font.family": list(self.families),
            "font.size": self.font_size,
            "text.color": self.ink,
            "text.parse_math": False,  # labels are the user's words, whatever signs they hold
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": self.muted,
            "axes.labelcolor": self.ink,
            "xtick.color": self.ink,
            "ytick.color": self.ink,
            "legend.frameon": False,
            "svg.hashsalt": "figure",  # ids from the contents, not at random
            "svg.fonttype": "path",
        }


def points(size: float) -> float:
    """A size that is meant beside type of 9 points, in proportion to the active style's type."""
    return size * float(matplotlib.rcParams["font.size"]) / _OWN_SIZE


def panels(
    width: float,
    height: float,
    down: int = 1,
    across: int = 1,
    *,
    share_x: bool = False,
    share_y: bool = False,
    heights: tuple[float, ...] | None = None,
    widths: tuple[float, ...] | None = None,
) -> tuple[Figure, list[Axes]]:
    """A figure of the size (inches) and its panels, row by row; heights, widths: their proportions.

    Not by pyplot, which keeps every figure of the process until it is told to forget it.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(
        down,
        across,
        sharex=share_x,
        sharey=share_y,
        height_ratios=heights,
        width_ratios=widths,
        squeeze=False,
    )
    return figure, list(np.ravel(grid))


def set_key(figure: Figure, text: str) -> None:
    """What bands and lines mean, under the figure, which grows by its further lines."""
    size = points(6.6)
    key = fitted(text, 0.96 * float(figure.get_figwidth()), size)
    figure.supxlabel(key, fontsize=size, color=MUTED, gid=KEY)
    figure.set_figheight(float(figure.get_figheight()) + beyond([key], size, lines=1))


def _keep_own_fonts() -> None:
    """Forget the machine's fonts: another cut of the same family would be taken in their place."""
    manager = font_manager.fontManager
    bundled = Path(matplotlib.get_data_path())
    manager.ttflist = [f for f in manager.ttflist if Path(f.fname).is_relative_to(bundled)]
    for file in sorted(_FONTS.glob("*.ttf")):
        manager.addfont(str(file))


HOUSE = FigureStyle()

_keep_own_fonts()
matplotlib.rcdefaults()
HOUSE.make_default()
