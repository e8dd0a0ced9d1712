"""`make trace`: from a number of the panel back to the cells it came from, and on to the tables
that used it.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import pandas as pd

from pipeline.models.sample import keeps_province, keeps_year
from pipeline.panel.finding import Finding, Rejected, Where, findings_from_json
from pipeline.panel.panel import Panel, read_panel
from pipeline.panel.provinces import Province, find_province, nearest_names
from pipeline.panel.units import conversion_factor
from pipeline.study import Study
from pipeline.study.artifact import require
from pipeline.study.specs import Spec

_LISTED = 6
# Functions that read other years or provinces than the cell's own.
_ACROSS = re.compile(
    r"\b(lag|lead|diff|growth|cagr|stock|real|deflate|splice|at|moore|solow|winsor|zscore|rank|mean|malmquist\w*|frontier|"
    r"misallocation|efficiency_change|technical_change|coordination)\("
)


def parse_place(study: Study, text: str) -> tuple[Province, int, str]:
    """Province, year and variable out of `Jilin 2017 income_rural`, in any order. Raises Rejected
    with every doubt.
    """
    year = next((int(y) for y in re.findall(r"(?<!\w)((?:19|20)\d{2})(?!\w)", text)), None)
    words = [w for w in text.split() if w != str(year)]
    variable = next((w for w in words if w in study.variables), None)
    name = " ".join(w for w in words if w != variable)
    province = find_province(name)
    problems = []
    if year is None or year not in study.years:
        problems.append(
            _doubt(
                "trace-year",
                str(year or "no year"),
                f"a year of {study.spec.years}",
                "name one of them",
            )
        )
    if variable is None:
        latin = [w for w in words if re.fullmatch(r"[a-z][a-z0-9_]+", w)]
        close = get_close_matches(latin[-1], sorted(study.variables), n=2) if latin else []
        problems.append(
            _doubt(
                "unknown-variable",
                f"no variable of the study in `{text}`",
                "a variable as the specs call it",
                f"did you mean {' or '.join(close)}?"
                if close
                else "see codebook.csv and variables.toml",
            )
        )
    elif province is None or province not in study.provinces:
        close = nearest_names(name)
        problems.append(
            _doubt(
                "unknown-province",
                f"`{name}`",
                "a province of the study",
                f"did you mean {' or '.join(close)}?" if close else "name one",
            )
        )
    if problems:
        raise Rejected(problems)
    assert province is not None and year is not None and variable is not None
    return province, year, variable


def _doubt(code: str, found: str, expected: str, remedy: str) -> Finding:
    return Finding(code, "error", Where(key="CELL"), found, expected, remedy)


def trace(study: Study, province: Province, year: int, variable: str) -> str:
    """Everything known of one number, as text."""
    raw = pd.read_parquet(require(study.paths.raw, "ingest"))
    panel = read_panel(require(study.paths.panel, "construct"), study.paths.panel_metadata)
    lines = [
        f"{variable}, {province.en} {province.zh} {year}: {_shown(panel.frame.loc[(province.code, year), variable])}"
        + (f" {study.unit(variable, 'en')}" if study.unit(variable, "en") else "")
        + f" ({study.label(variable, 'en')})"
    ]
    lines += _back(study, raw, panel, province, year, variable, "  ", set())
    lines += _forward(study, province, year, variable)
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    return "missing" if pd.isna(value) else f"{float(value):.10g}"


def _back(
    study: Study,
    raw: pd.DataFrame,
    panel: Panel,
    province: Province,
    year: int,
    variable: str,
    indent: str,
    told: set[str],
) -> Iterator[str]:
    """Where the value came from: the cell of a raw variable, or formula and inputs of a derived
    one, to the files.
    """
    if variable in told:
        yield f"{indent}(as above)"
        return
    told.add(variable)
    if variable in study.codebook:
        yield from _cell(study, raw, panel, province, year, variable, indent)
        return
    if variable in study.derived:
        yield f"{indent}made by   {study.derived[variable].formula}"
        if _ACROSS.search(study.derived[variable].formula):
            yield f"{indent}          (which also reads other years of these)"
    elif variable in study.lever_proxies:
        timing = study.levers[variable].timing
        year = (
            study.spec.base_year if timing == "base_year" else year - 1 if timing == "lag" else year
        )
        yield f"{indent}made by   {study.lever_proxies[variable]} of {year}"
        if year not in study.years:
            return
    else:
        index = study.index_columns[variable]
        spec = study.indices[index]
        weights = panel.weights.get(index, {}).get(spec.weights, {})
        yield f"{indent}made by   the index `{index}`: {spec.weights} weights over all cells of its indicators"
        yield from (
            f"{indent}          weight {weights[n]:.4f} on {n}"
            for n in sorted(study.inputs_of(variable))
            if n in weights
        )
    for name in sorted(study.inputs_of(variable)):
        value = (
            panel.frame.loc[(province.code, year), name] if name in panel.frame else float("nan")
        )
        yield f"{indent}{name} = {_shown(value)}"
        yield from _back(study, raw, panel, province, year, name, indent + "  ", told)


def _cell(
    study: Study,
    raw: pd.DataFrame,
    panel: Panel,
    province: Province,
    year: int,
    variable: str,
    indent: str,
) -> Iterator[str]:
    row = study.codebook[variable]
    cells = raw[
        (raw["province"] == province.code) & (raw["year"] == year) & (raw["variable"] == variable)
    ]
    source = next(s for s in study.spec.sources if s.name == row.source)
    if cells.empty:
        yield f"{indent}source    no number in {source.file} under the heading `{row.header}`"
    records: list[dict[str, Any]] = cells.to_dict("records")  # type: ignore[assignment]
    for cell in records:
        sheet = f", sheet {cell['sheet']}" if cell["sheet"] else ""
        yield f"{indent}source    {study.paths.data / source.file}{sheet}" + (
            f", cell {cell['cell']}" if cell["cell"] else ""
        )
        yield f"{indent}raw text  `{cell['text']}`" + (
            f", flagged `{cell['flag']}` by the source" if cell["flag"] else ""
        )
        factor = conversion_factor(row.source_unit, row.unit)
        yield f"{indent}unit      {row.source_unit} -> {row.unit}, times {factor:g}"
        if cell["repair"]:
            yield f"{indent}repair    {cell['repair']}; before {_shown(cell['before'])}, after {_shown(cell['value'])}"
        else:
            yield f"{indent}repair    none"
    fill = next((f for f in study.fills if f.variable == variable), None)
    filled = [province.code, year] in panel.filled.get(variable, [])
    yield f"{indent}fill      " + (
        f"{fill.method}: {fill.reason}"
        if fill and filled
        else "none, observed"
        if len(cells)
        else "none, missing"
    )
    if source.citation:
        yield f"{indent}citation  {source.citation}"
    if study.paths.findings.exists():
        for f in findings_from_json(study.paths.findings.read_text(encoding="utf-8")):
            if (
                f.where.variable == variable
                and f.where.province in (None, province.en)
                and f.where.year in (None, year)
            ):
                yield f"{indent}finding   {f.severity} [{f.code}] {f.found}"


def _forward(study: Study, province: Province, year: int, variable: str) -> Iterator[str]:
    """What is made from it, and every table and figure that uses that.

    A value that goes through an index, a lag or a stock reaches other provinces and years too: only
    where the variable
    itself is used do the table's own sample and years decide.
    """
    made = study.descendants(variable)
    yield "  goes into " + (", ".join(made) if made else "nothing")
    specs: dict[str, Spec] = {**study.tables, **study.figures}
    for name, spec in specs.items():
        through = _through(study, spec, province, year, variable)
        if through:
            shown = ", ".join(through[:_LISTED]) + (", ..." if len(through) > _LISTED else "")
            suffix = "md" if name.startswith("tables") else "svg"
            yield f"  used by   {study.paths.output(name, 'en', suffix)} (through {shown})"


def _through(study: Study, spec: Spec, province: Province, year: int, variable: str) -> list[str]:
    """The variables through which a spec uses a cell."""
    used = _used(study, spec)
    samples = [model.sample for model in spec.models(study)]
    here = not samples or any(keeps_province(s, province) and keeps_year(s, year) for s in samples)
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
    if (
        made in study.index_columns
        or made in study.lever_proxies
        or (made in study.derived and _ACROSS.search(study.derived[made].formula))
    ):
        return True
    return any(
        _carries(study, variable, name)
        for name in study.inputs_of(made)
        if name != variable and variable in study.raw_variables(name)
    )


def run(study: Study, cell: str) -> None:
    """Print the trace of one cell."""
    print(trace(study, *parse_place(study, cell)), end="")
