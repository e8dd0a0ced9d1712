"""A figure's files from one drawing: matplotlib writes the svg, Typst makes pdf and png from it.

matplotlib would lay out and draw the figure anew for each format, and embed fonts in each pdf.
Letters are outlines in all three files, so they look the same everywhere without any font.
"""

import io

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from pipeline.report.pictures.style import HOUSE, KEY, WARM, FigureStyle, points
from pipeline.report.typesetting import typeset

_POINTS = 72.0  # an inch
_STRIP = 0.16  # height of the strip that the mark stands in, inches
# Typst paints an svg through a texture whose width and height it rounds up, and leaves out a column
# or row of pixels, with any thin line there, where that is one too many. A figure of whole pixels
# less this hair in height, on a page another hair smaller, is rounded up to the right number.
_HAIR = 0.01  # pixels
_PAGE = """
#set document(date: none)
#set page(width: {width:.6f}pt, height: {height:.6f}pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%)
"""


def render(figure: Figure, mark: str | None, style: FigureStyle = HOUSE) -> dict[str, bytes]:
    """The figure as svg, pdf and png, the same bytes in every run; `mark` stands in the picture.

    The figure is used up: its size is rounded to pixels, its layout fixed, and the mark is part of
    it. Draw it while `style` is active, whose dots per inch the png has.
    """
    with style.active():
        pixels = _round_size(figure, style)
        if mark is not None:
            _leave_strip(figure)
        _fix_layout(figure)
        if mark is not None:
            _write_mark(figure, mark)
        svg = _svg(figure)
    width, height = figure.get_size_inches() * _POINTS
    return {
        "svg": svg.encode(),
        "pdf": _typeset(svg, "pdf", width, height),
        # One point of this page is one pixel.
        "png": _typeset(svg, "png", pixels[0] - _HAIR, pixels[1] - 2 * _HAIR),
    }


def overflow(figure: Figure) -> float:
    """How far what is drawn reaches beyond the edges of a rendered figure, inches; 0: nothing does.

    The layout makes room for labels and ticks, not for long titles and texts inside the panels.
    """
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    return float(max(-drawn.x0, -drawn.y0, drawn.x1 - width, drawn.y1 - height, 0.0))


def _round_size(figure: Figure, style: FigureStyle) -> tuple[int, int]:
    """Make the figure a whole number of pixels wide and high, less a hair; that number."""
    width, height = (
        round(float(inches) * style.dots_per_inch) for inches in figure.get_size_inches()
    )
    figure.set_size_inches(width / style.dots_per_inch, (height - _HAIR) / style.dots_per_inch)
    return width, height


def _leave_strip(figure: Figure) -> None:
    engine, strip = figure.get_layout_engine(), _STRIP / figure.get_figheight()
    if engine is not None:
        engine.set(rect=(0, strip, 1, 1 - strip))  # type: ignore[call-arg]  # not in the stub


def _write_mark(figure: Figure, mark: str) -> None:
    """The mark at the lower right; the key moves up, which the layout leaves to us."""
    for text in figure.texts:
        if text.get_gid() == KEY:
            text.set_y(round(text.get_position()[1] + _STRIP / figure.get_figheight(), 4))
    size = points(6.5)
    figure.text(0.995, 0.005, mark, ha="right", va="bottom", fontsize=size, color=WARM)


def _fix_layout(figure: Figure) -> None:
    """Solve the layout once and round it.

    The solver's last bits depend on memory addresses, the figure must not.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        return
    engine.execute(figure)
    places = [axes.get_position(original=True).bounds for axes in figure.axes]
    figure.set_layout_engine("none")
    for axes, (left, bottom, width, height) in zip(figure.axes, places, strict=True):
        axes.set_position((round(left, 4), round(bottom, 4), round(width, 4), round(height, 4)))


def _svg(figure: Figure) -> str:
    """The svg, by the canvas itself: `savefig` would draw everything once more to measure it."""
    text = io.StringIO()
    FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def _typeset(svg: str, form: str, width: float, height: float) -> bytes:
    """The svg as the only thing on a page of the size (points)."""
    return typeset(
        _PAGE.format(width=width, height=height),
        form,
        ppi=_POINTS,
        sys_inputs={"svg": svg},
        pdf_tags=False,  # one image has no structure to tag
    )
