"""The report stage: results files to tables, figures and the reports; what did not change is left alone."""

import json
import re
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline.panel.finding import findings_from_json
from pipeline.panel.result import Result, result_from_json
from pipeline.report.layout import build_table
from pipeline.report.table import Table
from pipeline.report.writers import WRITERS
from pipeline.study import Study
from pipeline.study.artifact import code_files, fingerprint, require, write_bytes, write_text

_FIGURE_FORMATS = ("svg", "pdf", "png")


def run(study: Study) -> None:
    """Write the files of every table and figure whose inputs changed, then the reports if any did."""
    require(study.paths.panel, "construct")
    for name in study.tables:
        require(study.paths.result(name), "estimate and mechanisms")
    results = {
        n: result_from_json(study.paths.result(n).read_text(encoding="utf-8"))
        for n in [*study.tables, *study.figures]
        if study.paths.result(n).exists()
    }
    record = study.paths.build / "rendered.json"
    before: dict[str, str] = (
        json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    )
    labels = fingerprint(
        [
            study.paths.specs / f
            for f in ("codebook.csv", "variables.toml", "indices.toml", "levers.toml", "study.toml")
        ],
        fingerprint(code_files("report", "panel", "study")),
        *study.tables,
    )
    tables: dict[tuple[str, str], Table] = {
        (n, x): build_table(study, n, results[n], x)
        for n in study.tables
        for x in study.spec.languages
    }
    now: dict[str, str] = {}
    done: list[str] = []
    for name in tqdm(
        study.tables, "tables", delay=2, leave=False, disable=None
    ):  # shows after two seconds
        now[name] = fingerprint(
            [study.paths.result(name), study.paths.specs / f"{name}.toml"], labels
        )
        if before.get(name) != now[name] or not _all_there(study, name, tuple(WRITERS)):
            _write_table(study, name, results[name], tables)
            done.append(name)
    for name, spec in tqdm(study.figures.items(), "figures", delay=2, leave=False, disable=None):
        inputs = [study.paths.result(f"tables/{t}") for t in _tables_of(spec)] + [
            study.paths.result(name)
        ]
        now[name] = fingerprint([*inputs, study.paths.specs / f"{name}.toml"], labels)
        if before.get(name) != now[name] or not _all_there(study, name, _FIGURE_FORMATS):
            _write_figure(study, name, spec, results)
            done.append(name)
    reports = [f for x in study.spec.languages for f in _report_files(study, x)]
    now["report"] = fingerprint([study.paths.findings], labels, *now.values())
    if before.get("report") != now["report"] or not all(f.exists() for f in reports):
        _write_reports(study, results, tables)
    _remove_orphans(study)
    write_text(record, json.dumps(now, indent=1) + "\n")
    print(
        f"report: {len(done)} of {len(study.tables) + len(study.figures)} tables and figures written; "
        f"{study.paths.reports}/report.pdf"
    )


def _tables_of(spec: Any) -> list[str]:
    single = [
        getattr(spec, "table", None),
        getattr(spec, "levers", None),
        getattr(spec, "parallel", None),
    ]
    return [*(getattr(spec, "tables", None) or []), *(t for t in single if isinstance(t, str))]


def _all_there(study: Study, name: str, suffixes: tuple[str, ...]) -> bool:
    return all(
        study.paths.output(name, x, s).exists() for x in study.spec.languages for s in suffixes
    )


def _write_table(
    study: Study, name: str, result: Result, tables: dict[tuple[str, str], Table]
) -> None:
    for language in study.spec.languages:
        for suffix, writer in WRITERS.items():
            write_bytes(study.paths.output(name, language, suffix), writer(tables[name, language]))
    write_text(study.paths.output(name, "en", "json"), result.to_json())


def _write_figure(study: Study, name: str, spec: Any, results: dict[str, Result]) -> None:
    from pipeline.report.figures import DRAWERS
    from pipeline.report.figures.style import finish

    known = dict(results)
    if name in results:
        known["self"] = results[name]
    for language in study.spec.languages:
        figure = DRAWERS[spec.kind](study, spec, known, language)
        for suffix, content in finish(figure, language, study.spec.synthetic).items():
            write_bytes(study.paths.output(name, language, suffix), content)


def _report_files(study: Study, language: str) -> list[Path]:
    data = [study.paths.output("validation", "en", s) for s in ("csv", "json")]
    pages = [study.paths.output("report", language, s) for s in ("pdf", "html")]
    return [
        *pages,
        study.paths.output("preview", language, "png"),
        study.paths.output("validation", language, "html"),
        *data,
    ]


def _write_reports(
    study: Study, results: dict[str, Result], tables: dict[tuple[str, str], Table]
) -> None:
    from pipeline.report.document import pdf, web
    from pipeline.report.document.content import blocks

    findings = findings_from_json(study.paths.findings.read_text(encoding="utf-8"))
    for suffix in ("csv", "json"):
        source = study.paths.findings.with_suffix(f".{suffix}")
        write_bytes(study.paths.output("validation", "en", suffix), source.read_bytes())
    for language in study.spec.languages:
        mine = {n: t for (n, x), t in tables.items() if x == language}
        content = blocks(study, results, findings, language)
        text = pdf.source(study, content, mine, language)
        write_text(study.paths.build / f"report.{language}.typ", text)
        write_bytes(study.paths.output("report", language, "pdf"), pdf.render(study, text))
        write_bytes(
            study.paths.output("report", language, "html"),
            web.render(study, content, mine, language),
        )
        write_bytes(
            study.paths.output("validation", language, "html"),
            study.paths.validation(language).read_bytes(),
        )
        main = next(
            (n for n, t in study.tables.items() if t.kind == "mediation"), next(iter(study.tables))
        )
        write_bytes(study.paths.output("preview", language, "png"), pdf.preview(mine[main]))


def _remove_orphans(study: Study) -> None:
    """Files of specs that are gone would look like results: they go too."""
    known = {*study.tables, *study.figures}
    for folder in ("tables", "figures"):
        for path in sorted((study.paths.reports / folder).glob("*")):
            stem = re.sub(r"(\.zh)?\.[a-z]+$", "", path.name)
            if f"{folder}/{stem}" not in known:
                path.unlink()
