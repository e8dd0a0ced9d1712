"""The files of figures. It stands apart from tables: what draws takes long to import."""

import json
from dataclasses import asdict

from pipeline.publish.edition import Edition
from pipeline.report.pictures.drawn import drawn
from pipeline.report.pictures.render import render
from pipeline.report.pictures.style import FigureStyle
from pipeline.results.result import Plain, plain
from pipeline.study.artifact import write_bytes, write_text


def write_figure(edition: Edition, name: str) -> None:
    """Every file of a figure, and what it draws for `make verify`."""
    study, spec = edition.study, edition.study.figures[name]
    paths, style = study.paths, FigureStyle()
    seen: dict[str, Plain] = {}
    shown = edition.shown(name, spec)
    for language in study.spec.languages:
        say = edition.say(name, language)
        with style.active():
            figure = edition.method(name).function("figure")(shown, spec, say)
            seen[language] = plain(asdict(drawn(figure)))
            mark = say("synthetic") if study.spec.synthetic else None
            for suffix, content in render(figure, mark, style).items():
                write_bytes(paths.output(name, language, suffix), content)
    write_text(paths.printed(name), json.dumps(seen, ensure_ascii=False, indent=1) + "\n")
