"""How figures look, and how they are saved: fonts that hold Chinese, no dates, the same bytes every time."""

import io
import textwrap
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from pipeline.report.wording import word

FONT = Path(__file__).resolve().parent.parent / "fonts" / "NotoSansSC-Regular.ttf"
INK, MUTED, ACCENT, WARM = "#222222", "#888888", "#1f5a85", "#b5482a"
REGION_COLOURS = {
    "east": "#1f5a85",
    "central": "#c98a1b",
    "west": "#b5482a",
    "northeast": "#5b7f4b",
}
FORMATS = ("svg", "pdf", "png")

font_manager.fontManager.addfont(str(FONT))
plt.rcParams.update(
    {
        "font.family": ["DejaVu Sans", "Noto Sans SC"],
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.color": INK,
        "svg.hashsalt": "figure",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "legend.frameon": False,
        "figure.dpi": 100,
    }
)


def wrapped(label: str, width: int = 24) -> str:
    """A label broken at spaces; Chinese labels are short enough."""
    return "\n".join(textwrap.wrap(label, width)) if label.isascii() else label


def set_key(figure: Figure, text: str) -> None:
    """What bands and lines mean, in one line under the figure."""
    figure.supxlabel(text, fontsize=6.6, color=MUTED, gid="key")


def _freeze_layout(figure: Figure) -> None:
    """Run the layout once and round it: the solver's last bits depend on memory addresses, the figure must not."""
    figure.draw_without_rendering()
    places = [(axes, axes.get_position().bounds) for axes in figure.axes]
    figure.set_layout_engine("none")
    for axes, bounds in places:
        axes.set_position(tuple(round(b, 4) for b in bounds))  # type: ignore[arg-type]


def finish(figure: Figure, language: str, synthetic: bool) -> dict[str, bytes]:
    """The figure in every format; synthetic data are marked in the picture itself."""
    room = 0.16 / figure.get_figheight()
    if synthetic:
        figure.get_layout_engine().set(rect=(0, room, 1, 1 - room))  # type: ignore[union-attr, call-arg]
        figure.text(
            0.995,
            0.005,
            word("synthetic", language),
            ha="right",
            va="bottom",
            fontsize=6.5,
            color=WARM,
        )
    dates = {
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
        "png": {"Software": None},
    }
    _freeze_layout(figure)
    for text in figure.texts:
        if (
            synthetic and text.get_gid() == "key"
        ):  # the layout leaves the room but not the place above the mark
            text.set_y(round(text.get_position()[1] + room, 4))
    out = {}
    for kind in FORMATS:
        buffer = io.BytesIO()
        figure.savefig(
            buffer, format=kind, metadata=dates[kind], dpi=200 if kind == "png" else "figure"
        )
        out[kind] = buffer.getvalue()
    plt.close(figure)
    return out
