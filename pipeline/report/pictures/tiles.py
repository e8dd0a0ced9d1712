"""Tile maps: one tile a province, placed roughly as on a map."""

from collections.abc import Callable, Mapping

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from pipeline.panel.provinces import PROVINCES
from pipeline.report.numbers import plain, typographic
from pipeline.report.pictures.style import INK, MUTED, points
from pipeline.report.say import Say

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

# Letter codes of GB/T 2260 in the order of the provinces, for tiles and dots too small for names.
_CODES = (
    "BJ TJ HE SX NM LN JL HL SH JS ZJ AH FJ JX SD HA HB HN GD GX HI CQ SC GZ YN XZ SN GS QH NX XJ"
)
LETTERS = dict(zip((p.en for p in PROVINCES), _CODES.split(), strict=True))

_SIDE = 0.94
_EMPTY = "#eeeeee"


def draw_tiles(
    axes: Axes,
    values: Mapping[int, float],
    say: Say,
    colours: str,
    place: Callable[[float], float],
    size: float,
) -> None:
    """Tiles coloured by `place` of a value on a colour map, with name and value; those without one
    are grey.

    values: province code -> value; size: of the type, below 1 for maps side by side, whose values
    are whole numbers
    """
    scale = colormaps[colours]
    for province in PROVINCES:
        x, y = TILES[province.en]
        value = values.get(province.code)
        face = to_rgb(_EMPTY if value is None else scale(place(value)))
        tile = Rectangle((x, -y), _SIDE, _SIDE, facecolor=face, edgecolor=MUTED, lw=0.4)
        tile.set_in_layout(False)  # the limits hold every tile
        axes.add_patch(tile)
        ink = _readable(face)
        name, type_size = _name(say.province(province.code), LETTERS[province.en], size)
        _write(axes, x, -y + 0.62, name, type_size, ink)
        _write(axes, x, -y + 0.22, _number(value, size), 7 * (0.72 if size < 1 else 1), ink)
    axes.set_xlim(-0.1, 8.1)
    axes.set_ylim(-7.1, 1.05)
    axes.set_aspect("equal")
    axes.axis("off")


def _write(axes: Axes, x: float, y: float, text: str, size: float, ink: str) -> None:
    axes.text(
        x + _SIDE / 2,
        y,
        text,
        ha="center",
        va="center",
        fontsize=points(size),
        color=ink,
        linespacing=0.9,
        in_layout=False,  # it stands inside its tile
    )


def _readable(face: tuple[float, float, float]) -> str:
    """White on dark colours, ink on light ones."""
    red, green, blue = face
    return "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 0.5 else INK


def _name(name: str, letters: str, size: float) -> tuple[str, float]:
    """What a tile is called, and in which size; names in Latin letters are broken, or cut to the
    code."""
    small = 0.6 if size < 1 else 1.0
    if not name.isascii():
        return name, 9 * small
    if size < 1:
        return letters, 7 * small
    return name.replace(" ", "\n"), 6 if len(name) > 9 else 7


def _number(value: float | None, size: float) -> str:
    if value is None:
        return ""
    return typographic(f"{round(value) + 0:d}") if size < 1 else plain(value)
