"""The PDF report by Typst: no date inside, shipped fonts only, the same bytes every time."""

import re
from pathlib import Path

from pipeline.publish.document.content import Block
from pipeline.publish.edition import Edition
from pipeline.publish.numbers import figure_numbers
from pipeline.report import writers
from pipeline.report.page import Page
from pipeline.report.say import Say
from pipeline.report.typesetting import typeset
from pipeline.report.writers.typst import escape, fragment

FONTS = Path(writers.__file__).resolve().parent.parent / "fonts"
_TEMPLATE = Path(__file__).with_name("report.typ")
# Points in a centimetre; widths of the text of the report (report.typ) and of the preview.
_CENTIMETRE = 72 / 2.54
_TEXT, _PREVIEW = 16.6 * _CENTIMETRE, 16.0 * _CENTIMETRE
# Per cent of the text's width for each inch of a figure.
_PER_INCH = 12.6
_WIDTH = re.compile(r'width="([\d.]+)pt"')


def source(edition: Edition, blocks: list[Block], pages: dict[str, Page], say: Say) -> str:
    """The Typst source of the report."""
    study = edition.study
    title = escape(study.spec.title.in_language(say.language))
    mark = escape(say("synthetic")) if study.spec.synthetic else ""
    show = f'#show: report.with(title: [{title}], mark: [{mark}], lang: "{say.language}")'
    lines = [_TEMPLATE.read_text(encoding="utf-8"), show]
    for block in blocks:
        match block.kind:
            case "heading":
                lines.append(f"= {escape(block.text)}")
            case "paragraph":
                lines.append(escape(block.text) + "\n")
            case "list":
                lines += [f"- {escape(item)}" for item in block.items] + [""]
            case "table":
                lines.append(fragment(pages[block.text], _TEXT))
            case "figure":
                lines.append(_figure(edition, block.text, say))
    return "\n".join(lines) + "\n"


def _figure(edition: Edition, name: str, say: Say) -> str:
    """A figure at its natural size, at most the text's width."""
    paths = edition.study.paths
    path = paths.output(name, say.language, "svg")
    found = _WIDTH.search(path.read_text(encoding="utf-8")[:2000])
    inches = float(found[1]) / 72 if found else 7.2
    width = f"{min(100.0, _PER_INCH * inches):.0f}%"
    file = path.relative_to(paths.reports).as_posix()
    return f'#captioned-image("/{file}", {width}, [{escape(caption(edition, name, say))}])'


def caption(edition: Edition, name: str, say: Say) -> str:
    """`Figure 3. Title` or `图3 标题`."""
    number = figure_numbers(edition.study)[name]
    title = edition.study.figures[name].title.in_language(say.language)
    return say("figure_caption", number=number, title=title)


def preview(page: Page) -> bytes:
    """One table as a PNG picture, on a page of its own size."""
    setting = "#set page(width: 17cm, height: auto, margin: 0.5cm, header: none, numbering: none)\n"
    text = _TEMPLATE.read_text(encoding="utf-8") + setting + fragment(page, _PREVIEW)
    return typeset(text, "png", font_paths=[FONTS], ppi=130.0)


def render(edition: Edition, text: str) -> bytes:
    """Compile the source; images are found under the study's reports folder."""
    root = edition.study.paths.reports.resolve()
    return typeset(text, "pdf", root=root, font_paths=[FONTS])
