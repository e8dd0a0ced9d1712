"""The HTML report: one file, pictures inside."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.publish.document.content import Block
from pipeline.publish.document.pdf import caption
from pipeline.publish.edition import Edition
from pipeline.report.page import Page
from pipeline.report.say import Say
from pipeline.report.writers.html import fragment, stylesheet, value


def render(edition: Edition, blocks: list[Block], pages: dict[str, Page], say: Say) -> bytes:
    """The report as one self-contained page."""
    study = edition.study
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    others = [x for x in study.spec.languages if x != say.language]
    page = environment.get_template("report.html.j2").render(
        title=study.spec.title.in_language(say.language),
        mark=say("synthetic") if study.spec.synthetic else "",
        language=say("html_language"),
        blocks=blocks,
        tables={name: fragment(page) for name, page in pages.items()},
        pictures={name: _picture(edition, name, say) for name in edition.figures},
        captions={name: caption(edition, name, say) for name in edition.figures},
        style=stylesheet(*(page.journal for page in pages.values())),
        others=[
            (say(f"version_{x}"), study.paths.output("report", x, "html").name) for x in others
        ],
    )
    return page.encode("utf-8")


def _picture(edition: Edition, name: str, say: Say) -> str:
    content = edition.study.paths.output(name, say.language, "svg").read_bytes()
    return base64.b64encode(content).decode("ascii")
