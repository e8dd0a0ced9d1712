"""What tests read from a golden figure: its result, its panels, its shapes by kind."""

from dataclasses import dataclass

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch

from pipeline.methods.shown import Shown
from pipeline.panel.provinces import BY_CODE
from pipeline.report.numbers import typographic
from pipeline.report.pictures.drawn import Drawn, drawn
from pipeline.report.pictures.style import HOUSE
from pipeline.report.pictures.tiles import TILES
from pipeline.report.say import Say
from tests.methods import golden_figures

ACCENT, MUTED, WARM = HOUSE.accent, HOUSE.muted, HOUSE.warm


def approx(value, abs=1e-9):
    """Numbers as figures hold them: to six digits."""
    return pytest.approx(value, rel=1e-5, abs=abs)


@dataclass(frozen=True)
class Picture:
    """A figure with what it was given and what it says."""

    figure: object
    shown: Shown
    drawn: Drawn
    say: Say

    @property
    def panels(self):
        """Panels that hold anything."""
        return [p for p in self.drawn.panels if p.shapes]

    def only(self):
        """The one table's result, or the figure's own."""
        if self.shown.own is not None:
            return self.shown.own
        (named,) = self.shown.tables.values()
        return named.result

    def texts(self):
        """The words of the first panel, each with the text that matplotlib holds."""
        axes = self.figure.axes[0]
        return zip(self.drawn.panels[0].words, axes.texts, strict=True)

    def boxes(self):
        """The boxes of the first panel."""
        return [p for p in self.figure.axes[0].patches if isinstance(p, FancyBboxPatch)]

    def edge(self, patch):
        """The colour of a patch's edge, and whether it is dashed."""
        with HOUSE.active():
            return to_hex(patch.get_edgecolor()), patch.get_linestyle() not in ("-", "solid")

    def tile(self, code, words):
        """The corner of a unit's tile, and the number on it."""
        x, y = TILES[BY_CODE[code].en]
        (text,) = (t for at, t in words.items() if at == approx((x + 0.47, -y + 0.22)))
        return (x, -y), text


def picture(name: str, study, language: str = "en") -> Picture:
    """The golden figure of a name."""
    folder = golden_figures.folders()[name]
    say = golden_figures.say_of(folder, study, language)
    figure = golden_figures.draw(folder, say)
    return Picture(figure, golden_figures.shown(folder), drawn(figure), say)


def shapes(panel, kind: str):
    """The shapes of a kind, in the order drawn."""
    return [s for s in panel.shapes if s.kind == kind]


def ends_of(estimate) -> tuple[float | None, float | None]:
    """The interval of an estimate."""
    return estimate.interval.low, estimate.interval.high


def colour_of(estimate) -> str:
    """The colour of its sign."""
    return ACCENT if estimate.value >= 0 else WARM


def valued(say: Say, estimate) -> str:
    """An estimate with its interval, as figures print them."""
    low, high = ends_of(estimate)
    return typographic(f"{estimate.value:.3f} [{low:.3f}, {high:.3f}]")
