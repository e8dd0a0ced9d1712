"""The report of one language: its files, and what they are made from."""

from pathlib import Path

from pipeline.fresh.record import Step
from pipeline.panel.finding import findings_from_json
from pipeline.publish.document import pdf, web
from pipeline.publish.document.content import blocks
from pipeline.publish.edition import Edition
from pipeline.report.say import Say, catalogue
from pipeline.study.artifact import write_bytes, write_text
from pipeline.study.headline import headline
from pipeline.study.study import Study

_WORDS = Path(__file__).with_name("words.toml")


def document_step(edition: Edition, language: str, said: str) -> Step:
    """What a report is made from: every result, every figure, the findings, and what the study says
    of itself.
    """
    study = edition.study
    paths = study.paths
    own = [*edition.tables, *edition.figures]
    files = [paths.result(name) for name in own]
    files += [paths.output(name, language, "svg") for name in edition.figures]
    files += [paths.findings, paths.refused, paths.validation(language)]
    outputs = [paths.output("report", language, suffix) for suffix in ("pdf", "html")]
    outputs += [paths.output("preview", language, "png"), *_checks(study, language)]
    outputs.append(paths.typst(language))
    speakers = sorted(
        f"pipeline.methods.{edition.method(name).name}.{part}"
        for name in edition.tables
        for part in ("table", "summary")
        if edition.method(name).has(part)
    )
    titles = [repr(edition.spec(name)) for name in own]
    code = ("pipeline.publish.document.run", *dict.fromkeys(speakers))
    facts = (said, *titles, repr(study.spec.sources))
    return Step(f"report/{language}", code, tuple(files), facts, tuple(outputs))


def write_report(edition: Edition, language: str) -> None:
    """The report as PDF and HTML, the preview of its main table, and the validation report."""
    study = edition.study
    paths = study.paths
    say = Say(study, language, catalogue(_WORDS))
    findings = findings_from_json(paths.findings.read_text(encoding="utf-8"))
    content = blocks(edition, findings, say)
    pages = {name: edition.page(name, language) for name in edition.tables}
    text = pdf.source(edition, content, pages, say)
    # Pictures are looked for here, also where no table or figure could be made.
    paths.reports.mkdir(parents=True, exist_ok=True)
    write_text(paths.typst(language), text)
    write_bytes(paths.output("report", language, "pdf"), pdf.render(edition, text))
    write_bytes(paths.output("report", language, "html"), web.render(edition, content, pages, say))
    main = main_table(edition)
    if main is not None:
        write_bytes(paths.output("preview", language, "png"), pdf.preview(pages[main]))
    for target, source in _checks(study, language).items():
        write_bytes(target, source.read_bytes())


def _checks(study: Study, language: str) -> dict[Path, Path]:
    """The report on the data: file of the reports -> file that it copies. Those without words are
    one for all languages, so the first language alone writes them."""
    paths = study.paths
    copies = {paths.output("validation", language, "html"): paths.validation(language)}
    if language == study.spec.languages[0]:
        for suffix in ("csv", "json"):
            copies[paths.output("validation", "en", suffix)] = paths.findings.with_suffix(
                f".{suffix}"
            )
    return copies


def main_table(edition: Edition) -> str | None:
    """The table that a reader sees first: the first of mechanisms, else the headline's, else the
    first.
    """
    study = edition.study
    mechanisms = [name for name in edition.tables if study.tables[name].mechanisms(study)]
    place = headline(study)
    headlines = [place.table] if place and place.table in edition.tables else []
    return next(iter([*mechanisms, *headlines, *edition.tables]), None)
