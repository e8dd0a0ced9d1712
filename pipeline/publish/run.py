"""The stage that prints: tables and figures whose inputs changed, then reports if any did."""

import json
from functools import partial
from importlib import import_module
from pathlib import Path

from pipeline.fresh.record import Record, Step
from pipeline.fresh.remake import remake
from pipeline.methods.run import estimates
from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected
from pipeline.publish.document.run import document_step, write_report
from pipeline.publish.edition import Edition
from pipeline.quick import sha256
from pipeline.results.result import plain
from pipeline.study.study import Study

# What of the codebook no table says.
_UNSAID = {"use", "minimum", "maximum", "jump", "note", "concept", "vintage", "question"}


# Files of a whole study in the folder of its reports, by stem.
_REPORTS = ("report", "preview", "validation")


def labels(study: Study) -> str:
    """What tables and figures say of the study itself: labels, units, formulas, settings."""
    said = study.spec.model_copy(update={"sources": [], "checks": []})
    codebook = {
        name: {k: v for k, v in row.model_dump().items() if k not in _UNSAID}
        for name, row in study.codebook.items()
    }
    parts = [said, study.derived, study.indices, study.levers, study.fills, study.repairs]
    files = {s.name: s.file for s in study.spec.sources}
    own = sorted((study.paths.specs / "journals").glob("*.toml"))
    journals = {path.stem: sha256(path) for path in own if path.is_file()}
    everything = (*parts, codebook, files, journals)
    return json.dumps([plain(p) for p in everything], ensure_ascii=False)


def page_step(edition: Edition, name: str, said: str) -> Step:
    """What the files of a table or figure are made from."""
    study, spec = edition.study, edition.spec(name)
    shown = [f"tables/{stem}" for stem in spec.shows()]
    files = [study.paths.result(table) for table in shown]
    if estimates(name, spec):
        files.append(study.paths.result(name))
    part, writer = ("table", "edition") if name in study.tables else ("figure", "figures")
    code = f"pipeline.methods.{edition.method(name).name}.{part}"
    # A figure may print the titles of the tables that it shows.
    specs = [spec, *(study.tables[table] for table in shown)]
    spec_text = json.dumps([plain(s) for s in specs], ensure_ascii=False)
    number = edition.numbers.get(name, "")
    return Step(
        f"pages/{name}",
        (code, f"pipeline.publish.{writer}"),
        tuple(files),
        (spec_text, said, number),
        tuple(_outputs(edition, name)),
    )


def _outputs(edition: Edition, name: str) -> list[Path]:
    paths = edition.study.paths
    files = [
        paths.output(name, language, suffix)
        for language in edition.study.spec.languages
        for suffix in edition.outputs(name)
    ]
    if name in edition.study.tables:
        files.append(paths.output(name, "en", "json"))
    return [*files, paths.printed(name)]


def run(study: Study, record: Record) -> list[Finding]:
    """Write the files of every table, figure and report whose inputs changed; what was refused.

    What cannot be printed (a style that names rows that a table has not) does not stop the rest.
    """
    edition, said = Edition.of(study), labels(study)
    # Figures take longest: they come first.
    steps = {n: page_step(edition, n, said) for n in [*edition.figures, *edition.tables]}
    pages = remake(record, steps, partial(_write, edition), "report")
    edition = Edition(study, {**edition.refused, **pages.refused})
    reports = {
        f"report/{language}": document_step(edition, language, said)
        for language in study.spec.languages
    }
    documents = remake(record, reports, partial(_write, edition), "report")
    kept = [steps[name] for name in (*edition.tables, *edition.figures)]
    kept += [step for name, step in reports.items() if name not in documents.refused]
    _remove_orphans(study, {path for step in kept for path in step.outputs})
    total = len(study.tables) + len(study.figures)
    shown = f"{study.paths.reports}/report.pdf"
    tell(f"report: {len(pages.made)} of {total} tables and figures written; {shown}")
    return [*pages.findings, *documents.findings]


def _write(edition: Edition, name: str) -> list[Finding]:
    """Print a table, a figure or a report of an edition; what it refuses."""
    try:
        if name.startswith("report/"):
            write_report(edition, name.removeprefix("report/"))
        elif name in edition.study.tables:
            edition.write_table(name)
        else:
            import_module("pipeline.publish.figures").write_figure(edition, name)
    except Rejected as rejected:
        return list(rejected.findings)
    return []


def _remove_orphans(study: Study, outputs: set[Path]) -> None:
    """Remove what no step of this study writes: files of specs that are gone or refused, of another
    language. They would look like results."""
    paths, languages = study.paths, study.spec.languages
    wanted = outputs | {paths.validation(language) for language in languages}
    roots, folders = (paths.reports, paths.build / "printed"), ("tables", "figures")
    there = [path for r in roots for folder in folders for path in (r / folder).glob("*")]
    there += [path for name in _REPORTS for path in paths.reports.glob(f"{name}.*")]
    there += [*paths.build.glob("report.*.typ"), *paths.build.glob("validation.*html")]
    for path in there:
        if path not in wanted:
            path.unlink()
