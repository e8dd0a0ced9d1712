"""`make trace`: from a number of the panel back to the cells it came from, and on to the tables
that used it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from pipeline.formula.grammar import parse_formula
from pipeline.models.sample import keeps_province, keeps_year
from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where, findings_from_json
from pipeline.panel.panel import Panel, read_panel
from pipeline.panel.provinces import Province, find_province, nearest_names
from pipeline.panel.units import conversion_factor
from pipeline.report.index_words import index_in_words
from pipeline.report.say import Say
from pipeline.study.artifact import require
from pipeline.study.schema import Source
from pipeline.study.specs import Spec
from pipeline.study.study import Study

_LISTED = 6
_YEAR = re.compile(r"(?<!\w)((?:19|20)\d{2})(?!\w)")


@dataclass(frozen=True)
class Place:
    """A number of the panel: its unit, its year and its variable."""

    province: Province
    year: int
    variable: str


def parse_place(study: Study, text: str) -> Place:
    """The place out of `Jilin 2017 income_rural`, in any order. Raises Rejected with every
    doubt.
    """
    found = _YEAR.search(text)
    year = int(found[1]) if found else None
    words = [w for w in text.split() if w != str(year)]
    variable = next((w for w in words if w in study.variables), None)
    name = " ".join(w for w in words if w != variable)
    province = find_province(name)
    known = province is not None and province in study.provinces
    problems = []
    if year is None or year not in study.years:
        expected = f"a year of {study.spec.years}"
        problems.append(_doubt("trace-year", str(year or "no year"), expected, "name one of them"))
    if variable is None:
        problems.append(_unknown_variable(study, text, words))
    elif not known:
        remedy = _meant(nearest_names(name), "name one")
        problems.append(_doubt("unknown-province", f"`{name}`", "a province of the study", remedy))
    if problems:
        raise Rejected(problems)
    assert province is not None and year is not None and variable is not None
    return Place(province, year, variable)


def _unknown_variable(study: Study, text: str, words: list[str]) -> Finding:
    latin = [w for w in words if re.fullmatch(r"[a-z][a-z0-9_]+", w)]
    close = get_close_matches(latin[-1], sorted(study.variables), n=2) if latin else []
    found, expected = f"no variable of the study in `{text}`", "a variable as the specs call it"
    remedy = _meant(close, "see codebook.csv and variables.toml")
    return _doubt("unknown-variable", found, expected, remedy)


def _meant(close: list[str], otherwise: str) -> str:
    return f"did you mean {' or '.join(close)}?" if close else otherwise


def _doubt(code: str, found: str, expected: str, remedy: str) -> Finding:
    return Finding(code, "error", Where(key="CELL"), found, expected, remedy)


@dataclass(frozen=True)
class Cell:
    """A cell of the raw panel: where it stood, what it held, and what became of it."""

    sheet: str | None
    cell: str | None
    text: str
    flag: str | None
    repair: str | None
    before: float
    value: float


@dataclass(frozen=True)
class Trail:
    """What a trace reads: the study, its raw cells and its panel."""

    study: Study
    raw: pd.DataFrame
    panel: Panel

    @classmethod
    def of(cls, study: Study) -> "Trail":
        """Reads what `ingest` and `construct` wrote."""
        raw = pd.read_parquet(require(study.paths.raw, "ingest"))
        panel = read_panel(require(study.paths.panel, "construct"), study.paths.panel_metadata)
        return cls(study, raw, panel)

    def value(self, place: Place) -> float:
        """The number at a place; NaN where the panel has none."""
        if place.variable not in self.panel.frame:
            return float("nan")
        return float(self.panel.frame[place.variable].loc[(place.province.code, place.year)])

    def cells(self, place: Place) -> list[Cell]:
        """The raw cells of a place."""
        raw = self.raw
        here = (raw["province"] == place.province.code) & (raw["year"] == place.year)
        found = raw[here & (raw["variable"] == place.variable)]
        columns = ["sheet", "cell", "text", "flag", "repair", "before", "value"]
        return [Cell(*row) for row in found[columns].itertuples(index=False, name=None)]


def trace(study: Study, place: Place) -> list[str]:
    """Everything known of one number, line by line."""
    trail, variable = Trail.of(study), place.variable
    unit = study.unit(variable, "en")
    where = f"{place.province.en} {place.province.zh} {place.year}"
    number = _shown(trail.value(place)) + (f" {unit}" if unit else "")
    lines = [f"{variable}, {where}: {number} ({study.label(variable, 'en')})"]
    return [*lines, *_back(trail, place, "  ", set()), *_forward(study, place)]


def _shown(value: float) -> str:
    return "missing" if pd.isna(value) else f"{value:.10g}"


def _back(trail: Trail, place: Place, indent: str, told: set[str]) -> Iterator[str]:
    """Where the value came from: the cell of a raw variable, or formula and inputs of a derived
    one, to the files.
    """
    study, variable = trail.study, place.variable
    if variable in told:
        yield f"{indent}(as above)"
        return
    told.add(variable)
    if variable in study.codebook:
        yield from (f"{indent}{line}" for line in _cell(trail, place))
        return
    yield from (f"{indent}{line}" for line in _made_by(trail, variable, place.year))
    year = _year_of(study, variable, place.year)
    if year not in study.years:
        return
    for name in sorted(study.inputs_of(variable)):
        source = Place(place.province, year, name)
        yield f"{indent}{name} = {_shown(trail.value(source))}"
        yield from _back(trail, source, indent + "  ", told)


def _year_of(study: Study, variable: str, year: int) -> int:
    """The year whose inputs make a variable: a lever may take that of the base year or the year
    before."""
    if variable not in study.lever_proxies:
        return year
    timing = study.levers[variable].timing
    if timing == "base_year":
        return study.spec.base_year
    return year - 1 if timing == "lag" else year


def _made_by(trail: Trail, variable: str, year: int) -> Iterator[str]:
    """The formula, the proxy or the index behind a variable."""
    study = trail.study
    if variable in study.derived:
        formula = study.derived[variable].formula
        yield f"made by   {formula}"
        if parse_formula(formula).reads_other_cells:
            yield "          (which also reads other years or provinces of these)"
    elif variable in study.lever_proxies:
        yield f"made by   {study.lever_proxies[variable]} of {_year_of(study, variable, year)}"
    else:
        index = study.index_columns[variable]
        weighting = study.indices[index].weights
        weights = trail.panel.weights.get(index, {}).get(weighting, {})
        words = index_in_words(study.indices[index], Say(study, "en", {}))
        yield f"made by   the index `{index}`: {words}"
        for name in sorted(study.inputs_of(variable) & weights.keys()):
            yield f"          weight {weights[name]:.4f} on {name}"


def _cell(trail: Trail, place: Place) -> Iterator[str]:
    """The raw cells of a place with their source, and what was done to them."""
    study, row = trail.study, trail.study.codebook[place.variable]
    source = next(s for s in study.spec.sources if s.name == row.source)
    cells = trail.cells(place)
    if not cells:
        yield f"source    no number in {source.file} under the heading `{row.header}`"
    for cell in cells:
        yield from _told(study, source, cell)
        factor = conversion_factor(row.source_unit, row.unit)
        yield f"unit      {row.source_unit} -> {row.unit}, times {factor:g}"
        yield f"repair    {_repair(cell)}"
    yield f"fill      {_fill(trail, place, observed=bool(cells))}"
    if source.citation:
        yield f"citation  {source.citation}"
    yield from _findings(study, place)


def _told(study: Study, source: Source, cell: Cell) -> Iterator[str]:
    """Where a cell stands, and the text that it holds."""
    sheet = f", sheet {cell.sheet}" if cell.sheet else ""
    address = f", cell {cell.cell}" if cell.cell else ""
    flag = f", flagged `{cell.flag}` by the source" if cell.flag else ""
    yield f"source    {study.paths.data / source.file}{sheet}{address}"
    yield f"raw text  `{cell.text}`{flag}"


def _repair(cell: Cell) -> str:
    if not cell.repair:
        return "none"
    return f"{cell.repair}; before {_shown(cell.before)}, after {_shown(cell.value)}"


def _fill(trail: Trail, place: Place, *, observed: bool) -> str:
    """How a gap was filled, or that there was none."""
    fill = next((f for f in trail.study.fills if f.variable == place.variable), None)
    filled = trail.panel.filled.get(place.variable, [])
    if fill and [place.province.code, place.year] in filled:
        return f"{fill.method}: {fill.reason}"
    return "none, observed" if observed else "none, missing"


def _findings(study: Study, place: Place) -> Iterator[str]:
    """What the data checks said of the cell."""
    if not study.paths.findings.exists():
        return
    for f in findings_from_json(study.paths.findings.read_text(encoding="utf-8")):
        here = f.where.province in (None, place.province.en)
        then = f.where.year in (None, place.year)
        if f.where.variable == place.variable and here and then:
            yield f"finding   {f.severity} [{f.code}] {f.found}"


def _forward(study: Study, place: Place) -> Iterator[str]:
    """What is made from it, and every table and figure that uses that.

    A value that goes through an index, a lag or a stock reaches other provinces and years too: only
    where the variable itself is used do the table's own sample and years decide.
    """
    yield "  goes into " + (", ".join(study.descendants(place.variable)) or "nothing")
    specs: dict[str, Spec] = {**study.tables, **study.figures}
    for name, spec in specs.items():
        through = _through(study, spec, place)
        if through:
            shown = ", ".join(through[:_LISTED]) + (", ..." if len(through) > _LISTED else "")
            suffix = "md" if name.startswith("tables") else "svg"
            yield f"  used by   {study.paths.output(name, 'en', suffix)} (through {shown})"


def _through(study: Study, spec: Spec, place: Place) -> list[str]:
    """The variables through which a spec uses a cell."""
    used, variable = _used(study, spec), place.variable
    samples = [model.sample for model in spec.models(study)]
    here = not samples or any(
        keeps_province(s, place.province) and keeps_year(s, place.year) for s in samples
    )
    made = [m for m in study.descendants(variable) if m in used]
    spread = [m for m in made if _carries(study, variable, m)]
    same = [m for m in made if m not in spread]
    own = [variable] if variable in used else []
    return [*own, *same, *spread] if here else spread


def _used(study: Study, spec: Spec) -> set[str]:
    """Variables behind a spec: its own, and those of the tables that it shows."""
    shown = [study.tables[f"tables/{s}"] for s in spec.shows() if f"tables/{s}" in study.tables]
    return spec.uses(study).union(*(table.uses(study) for table in shown))


def _carries(study: Study, variable: str, made: str) -> bool:
    """Whether a cell of one variable reaches other provinces or years of another: through an index,
    a lever or a function of time.
    """
    derived = study.derived.get(made)
    across = derived is not None and parse_formula(derived.formula).reads_other_cells
    if across or made in study.index_columns or made in study.lever_proxies:
        return True
    inputs = (name for name in study.inputs_of(made) if name != variable)
    return any(
        _carries(study, variable, name) for name in inputs if variable in study.raw_variables(name)
    )


def run(study: Study, cell: str) -> None:
    """Print the trace of one cell."""
    tell(*trace(study, parse_place(study, cell)))
