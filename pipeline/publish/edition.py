"""An edition: a study with the results there are, from which every table and figure is printed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.methods.discover import Method, by_kind
from pipeline.methods.run import estimates
from pipeline.methods.shown import Named, Shown
from pipeline.panel.finding import Finding, finding_from_dict
from pipeline.publish.numbers import table_numbers
from pipeline.report.compose import compose, rows_kept
from pipeline.report.journals import printing
from pipeline.report.page import Page
from pipeline.report.say import Say, catalogue
from pipeline.report.table import Row, Table
from pipeline.report.writers import WRITERS
from pipeline.results.result import Plain, Result, from_json
from pipeline.study.artifact import write_bytes, write_text
from pipeline.study.specs import FigureSpec, Spec
from pipeline.study.study import Study

FIGURE_FORMATS = ("svg", "pdf", "png")


@dataclass(frozen=True)
class Edition:
    """A study and what of its specs could be estimated; refused: spec name -> why it could not."""

    study: Study
    refused: Mapping[str, list[Finding]]

    @classmethod
    def of(cls, study: Study) -> "Edition":
        """Reads which specs were refused."""
        path = study.paths.refused
        raw = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        refused = {name: [finding_from_dict(f) for f in found] for name, found in raw.items()}
        return cls(study, refused)

    @cached_property
    def numbers(self) -> dict[str, str]:
        return table_numbers(self.study)

    @cached_property
    def tables(self) -> list[str]:
        """Tables that have results."""
        return [name for name in self.study.tables if name not in self.refused]

    @cached_property
    def figures(self) -> list[str]:
        """Figures that have what they show."""
        shown = {name: spec.shows() for name, spec in self.study.figures.items()}
        return [
            name
            for name, stems in shown.items()
            if name not in self.refused
            and not any(f"tables/{stem}" in self.refused for stem in stems)
        ]

    def result(self, name: str) -> Result:
        """The results of a spec."""
        method = self.method(name)
        text = self.study.paths.result(name).read_text(encoding="utf-8")
        return from_json(method.result, text)

    def named(self, table: str) -> Named:
        """The results of a table with its number."""
        stem = table.split("/")[1]
        return Named(stem, self.numbers[table], self.study.tables[table], self.result(table))

    def spec(self, name: str) -> Spec:
        return self.study.tables[name] if name in self.study.tables else self.study.figures[name]

    def method(self, name: str) -> Method:
        return by_kind()[self.spec(name).kind]

    def say(self, name: str, language: str) -> Say:
        """The words of a spec's method."""
        return Say(self.study, language, catalogue(self.method(name).words))

    def table(self, table: str, language: str, result: Result | None = None) -> Table:
        """The table of a spec in a language, before its style."""
        spec, say = self.study.tables[table], self.say(table, language)
        build = self.method(table).function("table")
        built: Table = build(result or self.result(table), spec, say)
        return built

    def rows(self, table: str, language: str) -> list[Row]:
        """The rows of a table that its style prints."""
        style = printing(self.study, self.study.tables[table].style, language)
        return rows_kept(self.table(table, language), style)

    def page(self, table: str, language: str, result: Result | None = None) -> Page:
        """The printed table in a language."""
        spec, say = self.study.tables[table], self.say(table, language)
        built = self.table(table, language, result)
        style = printing(self.study, spec.style, language)
        number = self.numbers[table]
        return compose(built, style, say, name=table, number=number, spec=spec)

    def write_table(self, name: str) -> None:
        """Every file of a table, and what it prints for `make verify`."""
        paths, result = self.study.paths, self.result(name)
        printed: dict[str, Plain] = {}
        for language in self.study.spec.languages:
            page = self.page(name, language, result)
            for suffix, write in WRITERS.items():
                write_bytes(paths.output(name, language, suffix), write(page))
            printed[language] = _cells(page)
        results = paths.result(name).read_bytes()
        write_bytes(paths.output(name, "en", "json"), results)
        write_text(paths.printed(name), json.dumps(printed, ensure_ascii=False, indent=1) + "\n")

    def shown(self, name: str, spec: FigureSpec) -> Shown:
        """What a figure shows: its own result, and the tables that its spec names."""
        own = self.result(name) if estimates(name, spec) else None
        return Shown(own, {stem: self.named(f"tables/{stem}") for stem in spec.shows()})

    def outputs(self, name: str) -> list[str]:
        """Formats of a spec."""
        return [*WRITERS] if name in self.study.tables else [*FIGURE_FORMATS]


def _cells(page: Page) -> Plain:
    """What a page prints, line by line."""
    heads: list[Plain] = [[h.text for h in row] for row in page.headings]
    lines: list[Plain] = [[line.label, *map(str, line.cells)] for line in page.lines]
    frame: list[Plain] = [page.caption, page.stub]
    return {"frame": frame, "headings": heads, "lines": lines, "notes": list(page.notes)}
