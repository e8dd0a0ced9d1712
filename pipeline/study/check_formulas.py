"""Checks of variables.toml: formulas, the names and years inside them, fills; no circle."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from pipeline.formula.grammar import Formula, FormulaError, parse_formula
from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Derived, Fill, IndexSpec, VariablesSpec
from pipeline.study.spec_file import shortened
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

# Functions of the grammar whose second argument is a year.
_WITH_YEAR = ("at", "splice")


def check_formulas(
    variables: VariablesSpec,
    indices: dict[str, IndexSpec],
    raw: set[str],
    columns: set[str],
    file: str,
) -> Iterator[Finding]:
    """Formulas parse, name known variables, clash with nothing; fills name raw variables; no
    circle.

    raw: variables of the codebook; columns: those that indices make
    """
    known = raw | set(variables.variables) | columns
    for name, derived in variables.variables.items():
        where = Where(file=file, key=f"variables.{name}", variable=name)
        if name in raw or name in columns:
            found = f"`{name}` is declared twice"
            yield problem("name-clash", where, found, "one declaration", "rename one of them")
        yield from _check_formula(derived, where, known)
    yield from _check_fills(variables.fill, raw, file)
    yield from _check_circle(_graph(variables.variables, indices, columns), file)


def _check_formula(derived: Derived, where: Where, known: set[str]) -> Iterator[Finding]:
    try:
        formula = parse_formula(derived.formula)
    except FormulaError as error:
        found = f"`{shortened(derived.formula)}`: {error}"
        yield problem("formula", where, found, "a formula of the grammar", "correct it")
        return
    for name in sorted(formula.names - known):
        yield unknown_name(where, name, known)


def _check_fills(fills: list[Fill], raw: set[str], file: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, fill in enumerate(fills):
        where = Where(file=file, key=f"fill.{i}.variable")
        if fill.variable not in raw:
            yield unknown_name(where, fill.variable, raw)
        if fill.variable in seen:
            found = f"`{fill.variable}` is filled twice"
            yield problem("fill-twice", where, found, "one [[fill]] a variable", "remove one")
        seen.add(fill.variable)


def _graph(
    variables: Mapping[str, Derived], indices: Mapping[str, IndexSpec], columns: set[str]
) -> dict[str, set[str]]:
    """Variable -> what it is made from."""
    graph = {name: _names_or_none(d) for name, d in variables.items()}
    for index, spec in indices.items():
        own = {c for c in columns if c == index or c.startswith(f"{index}_")}
        graph |= {c: set(spec.indicators()) for c in own}
    return graph


def _names_or_none(derived: Derived) -> set[str]:
    try:
        return set(parse_formula(derived.formula).names)
    except FormulaError:
        return set()


def _check_circle(graph: dict[str, set[str]], file: str) -> Iterator[Finding]:
    # In one order: which circle is found first hangs on it.
    ordered = {name: sorted(graph[name]) for name in sorted(graph)}
    try:
        TopologicalSorter(ordered).prepare()
    except CycleError as error:
        circle, where = " -> ".join(error.args[1]), Where(file=file)
        yield problem("circular", where, circle, "no circle of formulas", "break the circle")


def check_years(study: Study) -> Iterator[Finding]:
    """Years inside formulas are years of the study: `at(x, 2030)` would be missing everywhere,
    `splice` would do nothing."""
    file = str(study.paths.specs / "variables.toml")
    for name, formula in study.formulas.items():
        for function, year in _years_in(formula):
            if year not in map(str, study.years):
                where = Where(file=file, key=f"variables.{name}", variable=name)
                found, expected = f"`{function}(..., {year})`", f"a year of {study.spec.years}"
                yield problem("formula-year", where, found, expected, "change the year")


def _years_in(formula: Formula) -> Iterator[tuple[str, str]]:
    """Function and year, as written, of every call that takes one."""
    for node in ast.walk(formula.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            function = node.func.id
            if function in _WITH_YEAR:
                yield function, ast.unparse(node.args[1])
