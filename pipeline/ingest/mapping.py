"""From the series of a file to the variables of the codebook:
headings, units, provinces, years, numbers."""

from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pandas as pd

from pipeline.ingest.no_province import no_province
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.panel.places import find_place
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.units import conversion_factor, find_unit
from pipeline.reading.body import Unread
from pipeline.reading.cells import CellError, fold, parse_number, parse_quantity, split_heading
from pipeline.reading.series import Contents, Series
from pipeline.study import Study
from pipeline.study.schema import Source, Variable

COLUMNS = ["province", "year", "variable", "value", "text", "file", "sheet", "cell", "flag"]


@dataclass
class Mapping:
    """The taking of one source: frames of cells (province code 0: the nation) and findings."""

    study: Study
    source: Source
    frames: list[pd.DataFrame] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _found: set[str] = field(default_factory=set)
    _headings: list[str] = field(default_factory=list)
    _reported: set[tuple[str, ...]] = field(default_factory=set)
    _dropped: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_header = {
            fold(v.header).lower(): v
            for v in self.study.codebook.values()
            if v.source == self.source.name
        }

    def take(self, contents: Contents) -> None:
        """Take what the codebook names; report what it names and the file lacks,
        and what could not be read."""
        if self._columns_missing(contents):
            return
        counts = Counter(
            fold(name).lower() for series in contents.series for name in set(series.names)
        )
        for series in contents.series:
            variable = self._variable(series, counts)
            if variable is not None:
                self._check_unit(series, variable)
                self._cells(series, variable)
        for unread in contents.unread:
            self._tell(unread)
        self._finish([u.text for u in contents.unread if u.kind == "axis"])

    def _tell(self, unread: Unread) -> None:
        """What could not be read; a text that is no year once a sheet."""
        where = Where(file=unread.file, sheet=unread.sheet, cell=unread.cell)
        if unread.kind == "label":
            self._add(
                "no-label",
                where,
                unread.text,
                "an indicator in every row",
                "merged cells keep their value in the first row only: fill the indicator down",
            )
        if unread.kind == "year" and self._first_time("year", unread.sheet, unread.text):
            self._add(
                "not-a-year",
                where,
                f"`{unread.text}`" if unread.text else "an empty cell",
                "a year such as 2011 or 2011年",
                "correct the cell",
            )

    def _first_time(self, *key: str) -> bool:
        """Whether something is told for the first time; asking counts as telling."""
        known = key in self._reported
        self._reported.add(key)
        return not known

    def _add(
        self,
        code: str,
        where: Where,
        found: str,
        expected: str,
        remedy: str,
        severity: Severity = "error",
    ) -> None:
        self.findings.append(Finding(code, severity, where, found, expected, remedy))

    def _columns_missing(self, contents: Contents) -> bool:
        """Columns that study.toml names and no table of the file has."""
        named = {
            r: getattr(self.source, r) for r in ("province", "year", "variable", "value", "flag")
        }
        seen = {
            fold(cell).lower()
            for t in contents.tables
            for r in t.header
            for cell in t.sheet.rows[r]
        }
        missing = [name for name in named.values() if name and fold(name).lower() not in seen]
        if not missing:
            return False
        there = dict.fromkeys(
            fold(cell)
            for t in contents.tables
            for r in t.header
            for cell in t.sheet.rows[r]
            if fold(cell)
        )
        columns = " and ".join(f"`{name}`" for name in named.values() if name)
        self._add(
            "columns-missing",
            Where(file=self.source.file),
            f"headings: {', '.join(list(there)[:12]) or 'none'}",
            f"one row with the columns {columns}",
            f"name the columns in study.toml (source `{self.source.name}`: province, year, ...)",
        )
        return True

    def _variable(self, series: Series, counts: Counter[str]) -> Variable | None:
        """The variable whose heading the series bears:
        its own, its whole path, or a level above that is nobody else's."""
        variable = self._named(series, counts)
        if variable is None and not series.titled and len(self.by_header) == 1:
            (variable,) = self.by_header.values()  # its blocks need no title
        if variable is None:
            self._headings += [split_heading(n)[0] for n in series.names[:1]]
        else:
            self._found.add(variable.variable)
        return variable

    def _named(self, series: Series, counts: Counter[str]) -> Variable | None:
        last = len(series.names) - 1
        texts = [
            text
            for k, name in enumerate(series.names)
            if k in (0, last) or counts[fold(name).lower()] <= 1
            for text in (split_heading(name)[0], name)
        ]
        found = (self.by_header.get(fold(text).lower()) for text in texts)
        return next((variable for variable in found if variable is not None), None)

    def _check_unit(self, series: Series, variable: Variable) -> None:
        """A unit in the heading or the title must be the codebook's."""
        inside = next((u for n in series.names if (u := split_heading(n)[1])), None)
        stated = inside or series.unit
        exact = any(fold(n).lower() in self.by_header for n in series.names)
        if not stated:
            return
        known = find_unit(stated)
        where = Where(
            file=series.file, sheet=series.sheet, cell=series.heading, variable=variable.variable
        )
        expected = f"{variable.source_unit}, as source_unit in codebook.csv says"
        if known is None and inside and not exact:
            self._add(
                "unit-unknown",
                where,
                f"`{stated}` in the heading is no unit of the table of units",
                expected,
                "make sure that the numbers are in that unit",
                "warning",
            )
        if known is not None and conversion_factor(stated, variable.source_unit) != 1:
            self._add(
                "unit-mismatch",
                where,
                f"the heading says {stated}",
                expected,
                "correct source_unit in codebook.csv, or the heading if it is wrong",
            )

    def _cells(self, series: Series, variable: Variable) -> None:
        codes = np.array(
            [self._code(text, series, i) for i, text in enumerate(series.places)], dtype=np.int64
        )
        first, last = self._years(variable)
        code = codes[series.place] if len(series.cells) else np.zeros(0, dtype=np.int64)
        wanted = [0, *(p.code for p in self.study.provinces)]
        keep = np.isin(code, wanted) & (series.year >= first) & (series.year <= last)
        factor = conversion_factor(variable.source_unit, variable.unit)
        assert factor is not None, "units are checked when the study is loaded"
        rows = []
        for i in map(int, np.flatnonzero(keep)):
            flag = series.flags[i] if series.flags else ""
            if flag in self.source.exclude_flags:
                self._dropped[variable.variable, flag] = (
                    self._dropped.get((variable.variable, flag), 0) + 1
                )
                continue
            value = self._number(series, i, variable, int(code[i]))
            if value is not None:
                rows.append(
                    (
                        int(code[i]),
                        int(series.year[i]),
                        variable.variable,
                        value * factor,
                        fold(series.cells[i]),
                        series.file,
                        series.sheet,
                        series.address(i),
                        flag,
                    )
                )
        self.frames.append(pd.DataFrame(rows, columns=COLUMNS))

    def _years(self, variable: Variable) -> tuple[int, int]:
        """The study's years and those that a shift brings in from beyond them."""
        shifts = [
            r.by or 0
            for r in self.study.repairs
            if r.action == "shift" and r.variable == variable.variable
        ]
        first, last = self.study.spec.years
        return first - max([0, *shifts]), last - min([0, *shifts])

    def _number(self, series: Series, i: int, variable: Variable, code: int) -> float | None:
        cell = series.cells[i]
        try:
            return parse_number(cell, percent=find_unit(variable.source_unit) == find_unit("%"))
        except CellError as error:
            quantity = parse_quantity(cell)
            inside = conversion_factor(quantity[1], variable.source_unit) if quantity else None
            if quantity and inside is not None:
                return quantity[0] * inside
            province = BY_CODE[code].en if code else "China"
            where = Where(
                file=series.file,
                sheet=series.sheet,
                cell=series.address(i),
                province=province,
                year=int(series.year[i]),
                variable=variable.variable,
            )
            self._add(
                "not-a-number",
                where,
                error.holds,
                f"a number in {variable.source_unit}, or an empty cell",
                "type the number, or empty the cell if the value is not known",
            )
            return None

    def _code(self, text: str, series: Series, i: int) -> int:
        """The code of a province, 0 of the nation, -1 of what is neither;
        an unknown name is told once a sheet."""
        place = find_place(text)
        if place is not None and place.kind in ("province", "nation"):
            return place.code
        group = place is not None and place.kind == "region"
        if not group and self._first_time("place", series.sheet, text):
            at = int(np.flatnonzero(series.place == i)[0])
            where = Where(file=series.file, sheet=series.sheet, cell=series.place_address(at))
            self.findings.append(no_province(text, place, where))
        return -1

    def _finish(self, unreadable: list[str]) -> None:
        """Report codebook variables whose heading was not in the file,
        and cells left out by their flag."""
        lacking = [v for v in self.by_header.values() if v.variable not in self._found]
        for variable in lacking:
            remedy = self._instead(variable)
            if unreadable:
                remedy += f" (not read: {unreadable[0]})"
            self._add(
                "heading-missing",
                Where(file=self.source.file, variable=variable.variable),
                f"no heading `{variable.header}`",
                "the heading that codebook.csv names",
                remedy,
            )
        for (name, flag), count in self._dropped.items():
            self._add(
                "flag-excluded",
                Where(file=self.source.file, variable=name),
                f"{count} cell{'s' if count > 1 else ''} flagged `{flag}`",
                "cells fit for use",
                "nothing to do: exclude_flags in study.toml leaves them out",
                "warning",
            )

    def _instead(self, variable: Variable) -> str:
        """The heading that may have been meant, or those there are."""
        close = get_close_matches(fold(variable.header), self._headings, n=1)
        if close:
            return f"did you mean `{close[0]}`?"
        seen = ", ".join(list(dict.fromkeys(self._headings))[:10]) or "none"
        return f"headings the codebook does not name: {seen}"
