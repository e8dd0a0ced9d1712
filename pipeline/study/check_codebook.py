"""Checks of codebook.csv: one row a variable, one variable a heading, units that convert."""

from collections.abc import Iterator, Sequence

from pipeline.panel.finding import Finding, Where
from pipeline.panel.units import conversion_factor, find_unit, known_units
from pipeline.study.schema import StudySpec, Variable
from pipeline.study.toml import problem, unknown_name

# The rows of a codebook with their lines.
Rows = Sequence[tuple[int, Variable]]


def check_codebook(rows: Rows, spec: StudySpec | None, file: str) -> Iterator[Finding]:
    """Sources exist, units are known and convertible, nothing stands twice. Without a `spec` that
    could be read, sources are not looked up."""
    sources = None if spec is None else {s.name for s in spec.sources}
    first = {row.variable: line for line, row in reversed(rows)}
    owners = {(row.source, row.header): row.variable for _, row in reversed(rows)}
    lines = {(row.source, row.header): line for line, row in reversed(rows)}
    for line, row in rows:
        if first[row.variable] != line:
            yield _twice(file, line, row, first[row.variable])
        if sources is not None and row.source not in sources:
            yield unknown_name(_at(file, line, "source", row), row.source, sources, "source")
        heading = row.source, row.header
        if lines[heading] != line:
            yield _shared_heading(file, line, row, owners[heading])
        yield from _check_range(file, line, row)
        yield from _check_units(file, line, row)


def _at(file: str, line: int, key: str, row: Variable) -> Where:
    return Where(file=file, line=line, key=key, variable=row.variable)


def _twice(file: str, line: int, row: Variable, first: int) -> Finding:
    where, found = _at(file, line, "variable", row), f"`{row.variable}` also in line {first}"
    remedy = "rename or remove one row"
    return problem("codebook-duplicate", where, found, "one row a variable", remedy)


def _shared_heading(file: str, line: int, row: Variable, other: str) -> Finding:
    where, found = _at(file, line, "header", row), f"heading `{row.header}` also of `{other}`"
    expected, remedy = "one variable a heading of a source", "correct the heading"
    return problem("codebook-heading", where, found, expected, remedy)


def _check_range(file: str, line: int, row: Variable) -> Iterator[Finding]:
    low, high = row.minimum, row.maximum
    if low is not None and high is not None and low >= high:
        where, found = _at(file, line, "minimum", row), f"minimum {low:g}, maximum {high:g}"
        yield problem("codebook-range", where, found, "minimum < maximum", "swap them")


def _check_units(file: str, line: int, row: Variable) -> Iterator[Finding]:
    units = {"unit": row.unit, "source_unit": row.source_unit}
    unknown = {key: unit for key, unit in units.items() if find_unit(unit) is None}
    for key, unit in unknown.items():
        where, expected = _at(file, line, key, row), f"one of: {', '.join(known_units())}"
        yield problem("unknown-unit", where, f"unit `{unit}`", expected, "change the unit")
    if not unknown and conversion_factor(row.source_unit, row.unit) is None:
        where = _at(file, line, "source_unit", row)
        found = f"`{row.source_unit}` cannot become `{row.unit}`"
        expected, remedy = "two units of one dimension", "correct one of the units"
        yield problem("unit-dimension", where, found, expected, remedy)
    if row.kind == "share" and row.unit != "share":
        where, found = _at(file, line, "unit", row), f"unit `{row.unit}` for a share"
        remedy = "set unit to share; source_unit may be %"
        yield problem("share-unit", where, found, "unit `share`", remedy)
