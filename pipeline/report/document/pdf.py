"""The PDF report by Typst: no date inside, shipped fonts only, the same bytes every time."""

from pathlib import Path

import typst

from pipeline.report.document.content import Block, figure_numbers
from pipeline.report.table import Table
from pipeline.report.wording import word
from pipeline.report.writers.typst import escape, fragment
from pipeline.study import Study

_FONTS = Path(__file__).resolve().parent.parent / "fonts"
_TEMPLATE = Path(__file__).with_name("report.typ")


def source(study: Study, blocks: list[Block], tables: dict[str, Table], language: str) -> str:
    """The Typst source of the report."""
    mark = word("synthetic", language) if study.spec.synthetic else ""
    title = study.spec.title.in_language(language)
    lines = [
        _TEMPLATE.read_text(encoding="utf-8"),
        f'#show: report.with(title: [{escape(title)}], mark: [{escape(mark)}], lang: "{language}")',
    ]
    numbers = figure_numbers(study)
    for block in blocks:
        match block.kind:
            case "heading":
                lines.append(f"= {escape(block.text)}")
            case "paragraph":
                lines.append(escape(block.text) + "\n")
            case "list":
                lines += [f"- {escape(item)}" for item in block.items] + [""]
            case "table":
                lines.append(fragment(tables[block.text]))
            case "figure":
                file = study.paths.output(block.text, language, "svg").relative_to(
                    study.paths.reports
                )
                caption = (
                    f"{word('figure', language)}{'' if language == 'zh' else ' '}{numbers[block.text]}"
                    + (
                        f" {study.figures[block.text].title.zh}"
                        if language == "zh"
                        else f". {study.figures[block.text].title.en}"
                    )
                )
                widths = {
                    "tilemap": "60%",
                    "distribution": "60%",
                    "coefficients": "72%",
                    "quantile_process": "55%",
                    "moran_scatter": "78%",
                }
                width = widths.get(study.figures[block.text].kind, "92%")
                lines.append(
                    f'#captioned-image("/{file.as_posix()}", {width}, [{escape(caption)}])'
                )
    return "\n".join(lines) + "\n"


def preview(table: Table) -> bytes:
    """One table as a PNG picture, on a page of its own size."""
    weight = "regular" if table.language == "zh" else "bold"
    page = f'#show strong: set text(weight: "{weight}")\n'
    page += "#set page(width: 17cm, height: auto, margin: 0.5cm, header: none, numbering: none)\n"
    text = (
        _TEMPLATE.read_text(encoding="utf-8")
        + '#set text(font: ("Libertinus Serif", "Noto Serif SC"))\n'
        + page
    )
    picture: bytes = typst.compile(  # type: ignore[call-overload]
        (text + fragment(table)).encode("utf-8"),
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        format="png",
        ppi=130.0,
    )
    return picture


def render(study: Study, text: str) -> bytes:
    """Compile the source; images are found under the study's reports folder."""
    # The stub's overloads miss bytes in, bytes out.
    pdf: bytes = typst.compile(  # type: ignore[call-overload]
        text.encode("utf-8"),
        root=study.paths.reports.resolve(),
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        format="pdf",
    )
    return pdf
