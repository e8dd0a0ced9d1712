"""Tile maps: a variable in one year, and the gains of scenarios, by province."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from itertools import pairwise

from matplotlib import colormaps
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from pipeline.panel.provinces import BY_CODE, PROVINCES
from pipeline.panel.result import Result
from pipeline.report.figures.style import MUTED, wrapped
from pipeline.report.numbers import plain, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import ScenarioMapFigure, TileMapFigure

# Column and row of each province's tile, north-west at the top left.
TILES = {
    "Heilongjiang": (7, 0),
    "Inner Mongolia": (5, 1),
    "Jilin": (7, 1),
    "Xinjiang": (0, 2),
    "Gansu": (2, 2),
    "Ningxia": (3, 2),
    "Beijing": (5, 2),
    "Tianjin": (6, 2),
    "Liaoning": (7, 2),
    "Qinghai": (1, 3),
    "Shaanxi": (3, 3),
    "Shanxi": (4, 3),
    "Hebei": (5, 3),
    "Shandong": (6, 3),
    "Tibet": (0, 4),
    "Sichuan": (2, 4),
    "Chongqing": (3, 4),
    "Hubei": (4, 4),
    "Henan": (5, 4),
    "Jiangsu": (6, 4),
    "Shanghai": (7, 4),
    "Guizhou": (3, 5),
    "Hunan": (4, 5),
    "Jiangxi": (5, 5),
    "Anhui": (6, 5),
    "Zhejiang": (7, 5),
    "Yunnan": (2, 6),
    "Guangxi": (3, 6),
    "Guangdong": (4, 6),
    "Fujian": (6, 6),
    "Hainan": (4, 7),
}

# Letter codes of GB/T 2260, for tiles and dots too small for names.
LETTERS = dict(
    zip(
        (p.en for p in PROVINCES),
        (
            "BJ",
            "TJ",
            "HE",
            "SX",
            "NM",
            "LN",
            "JL",
            "HL",
            "SH",
            "JS",
            "ZJ",
            "AH",
            "FJ",
            "JX",
            "SD",
            "HA",
            "HB",
            "HN",
            "GD",
            "GX",
            "HI",
            "CQ",
            "SC",
            "GZ",
            "YN",
            "XZ",
            "SN",
            "GS",
            "QH",
            "NX",
            "XJ",
        ),
        strict=True,
    )
)
# Where the four classes stand on the colour map.
_QUARTERS = (0.1, 0.32, 0.58, 0.85)


def draw_tilemap(
    study: Study, spec: TileMapFigure, results: dict[str, Result], language: str
) -> Figure:
    """One tile a province, placed roughly as on a map, with its value; coloured by the value, or by its quarter."""
    values = {
        t.name: t.estimate for t in results["self"].columns[0].terms if t.estimate is not None
    }
    low, high = min(values.values()), max(values.values())
    figure, axes = plt.subplots(figsize=(5.6, 5.0), layout="constrained")
    if spec.classes is None:
        _tiles(
            axes, values, language, "YlGnBu", lambda v: 0.08 + 0.8 * (v - low) / (high - low), 1.0
        )
        return figure
    cuts = [float(c) for c in results["self"].columns[1].statistics.values() if c is not None]
    _tiles(axes, values, language, "YlGnBu", lambda v: _QUARTERS[bisect_left(cuts, v)], 1.0)
    edges = [low, *cuts, high]
    texts = [f"{plain(a)} – {plain(b)}" for a, b in pairwise(edges)]
    keys = [Patch(facecolor=colormaps["YlGnBu"](q), edgecolor=MUTED, lw=0.4) for q in _QUARTERS]
    title = word("quartiles", language).format(label=study.label(spec.variable, language))
    axes.legend(
        keys, texts, title=title, loc="upper left", fontsize=8, title_fontsize=8, alignment="left"
    )
    return figure


def draw_scenario(
    study: Study, spec: ScenarioMapFigure, results: dict[str, Result], language: str
) -> Figure:
    """One map a move: the gain of every province, in thousandths of the outcome; red loses, blue gains."""
    columns = {c.key: c for c in results[f"tables/{spec.table}"].columns}
    across = min(3, len(spec.moves))
    down = -(-len(spec.moves) // across)
    figure, all_axes = plt.subplots(
        down, across, figsize=(2.5 * across, 2.45 * down), squeeze=False, layout="constrained"
    )
    for axes in all_axes.ravel()[len(spec.moves) :]:
        axes.axis("off")
    gains = {
        key: {
            BY_CODE[int(t.name.split("/")[1])].en: 1000 * t.estimate
            for t in columns[key].terms
            if t.role == "province" and t.estimate is not None
        }
        for key in spec.moves
    }
    most = max(abs(v) for values in gains.values() for v in values.values()) or 1.0
    for axes, key in zip(all_axes.ravel(), spec.moves, strict=False):
        _tiles(axes, gains[key], language, "RdBu", lambda v: 0.5 + 0.42 * v / most, 0.5)
        axes.set_title(wrapped(study.label(key, language)), fontsize=8)
    return figure


def _tiles(
    axes: Axes,
    values: Mapping[str, float],
    language: str,
    colours: str,
    place: Callable[[float], float],
    size: float,
) -> None:
    """Tiles coloured by `place` of their value on a colour map; provinces without a value are grey."""
    scale = colormaps[colours]
    for province in PROVINCES:
        x, y = TILES[province.en]
        value = values.get(province.en)
        face = "#eeeeee" if value is None else scale(place(value))
        axes.add_patch(Rectangle((x, -y), 0.94, 0.94, facecolor=face, edgecolor=MUTED, lw=0.4))
        ink = "#222222"
        if value is not None:
            red, green, blue, _ = scale(place(value))
            ink = "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 0.5 else "#222222"
        small = size < 1
        name = (
            province.zh
            if language == "zh"
            else LETTERS[province.en]
            if small
            else province.en.replace(" ", "\n")
        )
        points = 9 if language == "zh" else 6 if len(province.en) > 9 and not small else 7
        axes.text(
            x + 0.47,
            -y + 0.62,
            name,
            ha="center",
            va="center",
            fontsize=points * (0.6 if small else 1),
            color=ink,
            linespacing=0.9,
        )
        number = (
            "" if value is None else typographic(f"{round(value) + 0:d}") if small else plain(value)
        )
        axes.text(
            x + 0.47,
            -y + 0.22,
            number,
            ha="center",
            va="center",
            fontsize=7 * (0.72 if small else 1),
            color=ink,
        )
    axes.set_xlim(-0.1, 8.1)
    axes.set_ylim(-7.1, 1.05)
    axes.set_aspect("equal")
    axes.axis("off")
