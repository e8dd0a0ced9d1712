"""A figure's files from one drawing: matplotlib writes the svg, Typst makes pdf and png from it.

matplotlib would lay out and draw the figure anew for each format, and embed fonts in each pdf.
Letters are outlines in all three files, so they look the same everywhere without any font.
"""

import io

import typst
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from pipeline.report.pictures.style import KEY, FigureStyle

_STRIP = 0.16  # height of the strip that the mark stands in, inches
_PAGE = """
#set document(date: none)
#set page(width: {width}in, height: {height}in, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%)
"""


def render(
    figure: Figure, mark: str | None, style: FigureStyle = FigureStyle()
) -> dict[str, bytes]:
    """The figure as svg, pdf and png, the same bytes in every run; `mark` stands in the picture.

    The figure is used up: its layout is fixed and the mark is part of it. Draw it while `style` is
    active; png has the style's dots per inch, svg and pdf the figure's size.
    """
    with style.active():
        if mark is not None:
            _leave_strip(figure)
        _fix_layout(figure)
        if mark is not None:
            _write_mark(figure, mark, style)
        svg = _svg(figure)
    width, height = figure.get_size_inches()
    page = _PAGE.format(width=width, height=height).encode()
    return {
        "svg": svg.encode(),
        "pdf": _typeset(page, svg, "pdf", style),
        "png": _typeset(page, svg, "png", style),
    }


def _leave_strip(figure: Figure) -> None:
    engine, strip = figure.get_layout_engine(), _STRIP / figure.get_figheight()
    if engine is not None:
        engine.set(rect=(0, strip, 1, 1 - strip))  # type: ignore[call-arg]  # not in the stub


def _write_mark(figure: Figure, mark: str, style: FigureStyle) -> None:
    """The mark at the lower right; the key moves up, which the layout leaves to us."""
    for text in figure.texts:
        if text.get_gid() == KEY:
            text.set_y(round(text.get_position()[1] + _STRIP / figure.get_figheight(), 4))
    size = style.points(6.5)
    figure.text(0.995, 0.005, mark, ha="right", va="bottom", fontsize=size, color=style.warm)


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


def _typeset(page: bytes, svg: str, form: str, style: FigureStyle) -> bytes:
    """The svg as the only thing on a page of its size."""
    # The stub's overloads miss bytes in, bytes out.
    content: bytes = typst.compile(  # type: ignore[call-overload,unused-ignore]
        page,
        format=form,
        ppi=style.dots_per_inch,
        sys_inputs={"svg": svg},
        ignore_system_fonts=True,
        pdf_tags=False,  # one image has no structure to tag
    )
    return content
