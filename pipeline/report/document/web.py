"""The HTML report: one file, pictures inside."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.report.document.content import Block, figure_numbers
from pipeline.report.table import Table
from pipeline.report.wording import word
from pipeline.report.writers.html import STYLE, fragment
from pipeline.study import Study


def render(study: Study, blocks: list[Block], tables: dict[str, Table], language: str) -> bytes:
    """The report as one self-contained page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pictures = {
        name: base64.b64encode(study.paths.output(name, language, "svg").read_bytes()).decode(
            "ascii"
        )
        for name in study.figures
    }
    others = [
        (x, "report.html" if x == "en" else f"report.{x}.html")
        for x in study.spec.languages
        if x != language
    ]
    page = environment.get_template("report.html.j2").render(
        title=study.spec.title.in_language(language),
        mark=word("synthetic", language) if study.spec.synthetic else "",
        language=language,
        blocks=blocks,
        tables={n: fragment(t) for n, t in tables.items()},
        pictures=pictures,
        captions=_captions(study, language),
        style=STYLE,
        others=others,
    )
    return page.encode("utf-8")


def _captions(study: Study, language: str) -> dict[str, str]:
    numbers = figure_numbers(study)
    return {
        name: f"图{numbers[name]} {spec.title.zh}"
        if language == "zh"
        else f"Figure {numbers[name]}. {spec.title.en}"
        for name, spec in study.figures.items()
    }
