"""What all layouts share while they read a file: known headings, provinces, years, cells, and what goes wrong."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pipeline.ingest.cells import CellError, fold, parse_number, parse_year, split_heading
from pipeline.ingest.sheets import Sheet
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.panel.provinces import Province, find_province, is_national, nearest_names
from pipeline.panel.units import conversion_factor, find_unit
from pipeline.study import Study
from pipeline.study.schema import Source, Variable


@dataclass(frozen=True)
class RawCell:
    """One number with where it came from. `value` is in the codebook's unit, `text` is what the cell held."""

    province: int
    year: int
    variable: str
    value: float
    text: str
    file: str
    sheet: str
    cell: str
    flag: str


@dataclass
class Reading:
    """The reading of one source: collects cells and findings."""

    study: Study
    source: Source
    cells: list[RawCell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    headings: list[str] = field(default_factory=list)
    _reported: set[tuple[str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.by_header = {
            fold(v.header).lower(): v for v in self.study.codebook.values() if v.source == self.source.name
        }
        self._provinces = set(self.study.provinces)
        self._years = set(self.study.years)

    def add(self, code: str, where: Where, found: str, expected: str, remedy: str,
            severity: Severity = "error") -> None:  # fmt: skip
        self.findings.append(Finding(code, severity, where, found, expected, remedy))

    def heading(self, cell: Any, sheet: Sheet, address: str, unit: str | None = None) -> Variable | None:
        """The codebook's variable for a heading, or None; a unit in the heading must be the codebook's."""
        name, inside = split_heading(cell)
        variable = self.by_header.get(name.lower()) or self.by_header.get(fold(cell).lower())
        if variable is None:
            if name:
                self.headings.append(name)
            return None
        self.found.add(variable.variable)
        stated = inside if inside is not None and name.lower() in self.by_header else unit
        if stated:
            known = find_unit(stated)
            if known is None and inside is not None and fold(cell).lower() not in self.by_header:
                where = Where(file=sheet.file, sheet=sheet.name, cell=address, variable=variable.variable)
                self.add("unit-unknown", where, f"`{stated}` in the heading is no unit of the table of units",
                         f"{variable.source_unit}, as source_unit in codebook.csv says",
                         "make sure that the numbers are in that unit", "warning")  # fmt: skip
            if known is not None and known != find_unit(variable.source_unit):
                where = Where(file=sheet.file, sheet=sheet.name, cell=address, variable=variable.variable)
                self.add("unit-mismatch", where, f"the heading says {stated}",
                         f"{variable.source_unit}, as source_unit in codebook.csv says",
                         "correct source_unit in codebook.csv, or the heading if it is wrong")  # fmt: skip
        return variable

    def only_variable(self) -> Variable | None:
        """The variable of a source that the codebook gives exactly one: its blocks need no title."""
        if len(self.by_header) != 1:
            return None
        variable = next(iter(self.by_header.values()))
        self.found.add(variable.variable)
        return variable

    def province(self, cell: Any, sheet: Sheet, address: str) -> Province | None:
        """The study's province a cell names; None for national rows, excluded provinces and unknown names."""
        text = fold(cell)
        province = find_province(text)
        if not text:
            if ("empty", sheet.name) not in self._reported:
                self._reported.add(("empty", sheet.name))
                where = Where(file=sheet.file, sheet=sheet.name, cell=address)
                self.add("province-empty", where, "a row of numbers without a province (the first of its sheet)",
                         "a province in every row", "merged cells keep their value in the first row only: unmerge them "
                         "and fill the name down")  # fmt: skip
            return None
        if province is None and not is_national(text) and ("province", sheet.name, text) not in self._reported:
            self._reported.add(("province", sheet.name, text))
            close = nearest_names(text)
            remedy = f"did you mean {' or '.join(close)}? Correct the name in every row of the file" if close else (
                "correct the name, or delete the row if it is not one of the 31 provincial units")  # fmt: skip
            where = Where(file=sheet.file, sheet=sheet.name, cell=address)
            self.add("unknown-province", where, f"`{text}`", "a name of one of the 31 provincial units", remedy)
        return province if province in self._provinces else None

    def year(self, cell: Any, sheet: Sheet, address: str) -> int | None:
        """The study's year a cell names; None outside the study's years."""
        year = parse_year(cell)
        if year is None and ("year", sheet.name, fold(cell)) not in self._reported:
            self._reported.add(("year", sheet.name, fold(cell)))
            where = Where(file=sheet.file, sheet=sheet.name, cell=address)
            self.add(
                "not-a-year",
                where,
                f"`{fold(cell)}`" if fold(cell) else "an empty cell",
                "a year such as 2011 or 2011年",
                "correct the cell",
            )
        return year if year in self._years else None

    def number(self, variable: Variable, province: Province, year: int, cell: Any, sheet: Sheet, address: str,
               flag: str = "") -> None:  # fmt: skip
        """Take a cell as a number of a variable, in the codebook's unit; missing cells are left out."""
        try:
            value = parse_number(cell, percent=find_unit(variable.source_unit) == find_unit("%"))
        except CellError as error:
            where = Where(file=sheet.file, sheet=sheet.name, cell=address, province=province.en, year=year,
                          variable=variable.variable)  # fmt: skip
            self.add("not-a-number", where, str(error), f"a number in {variable.source_unit}, or an empty cell",
                     "type the number, or empty the cell if the value is not known")  # fmt: skip
            return
        if value is None:
            return
        factor = conversion_factor(variable.source_unit, variable.unit)
        assert factor is not None, "units are checked when the study is loaded"
        self.cells.append(RawCell(province.code, year, variable.variable, value * factor, fold(cell), sheet.file,
                                  sheet.name, address, flag))  # fmt: skip

    def finish(self) -> None:
        """Report codebook variables whose heading was not in the file."""
        for variable in self.by_header.values():
            if variable.variable not in self.found:
                close = get_close_matches(fold(variable.header), self.headings, n=1)
                seen = ", ".join(list(dict.fromkeys(self.headings))[:10]) or "none"
                remedy = f"did you mean `{close[0]}`?" if close else f"headings the codebook does not name: {seen}"
                where = Where(file=self.source.file, variable=variable.variable)
                self.add("heading-missing", where, f"no heading `{variable.header}`",
                         "the heading that codebook.csv names", remedy)  # fmt: skip
