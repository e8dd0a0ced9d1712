"""Logical rules of the study (identities, orderings) and jumps that look like a unit slip."""

import ast
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar
from pipeline.formula.grammar import Formula, parse_formula
from pipeline.formula.grid import Grid
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.study import Study
from pipeline.study.schema import Check
from pipeline.validate.origin import Origins

_HOLDS: dict[type[ast.cmpop], Callable[[Grid, Grid], NDArray[np.bool_]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_MANY = 12


def check_rules(study: Study, values: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Every rule in every province-year where all its variables are there;
    `==` within its relative tolerance."""
    calendar = Calendar(tuple(study.years), study.spec.base_year)
    for check in study.spec.checks:
        sides = _sides(check, values, calendar)
        cells = [(int(i), int(t)) for i, t in np.argwhere(sides.broken)]
        expected = check.rule + (f" within {check.tolerance:.2%}" if check.tolerance else "")
        if len(cells) > _MANY:
            worst = max(cells, key=lambda cell: sides.gap[cell])
            told = [
                (worst, f"{len(cells)} province-years break the rule; worst: {sides.words(worst)}")
            ]
        else:
            told = [(c, f"{sides.words(c)} ({sides.gap[c]:.1%} apart)") for c in cells]
        for (i, t), found in told:
            where = origins.cell(study.provinces[i].code, study.years[t], sides.first)
            yield Finding("rule-broken", check.severity, where, found, expected, check.remedy)


@dataclass(frozen=True)
class _Sides:
    """A rule's two sides in every province-year, how far apart they are, and where it is broken.

    first: the variable that the rule names first
    """

    left: Grid
    right: Grid
    gap: Grid
    broken: NDArray[np.bool_]
    first: str

    def words(self, cell: tuple[int, int]) -> str:
        """Both sides in one cell."""
        return f"left side {self.left[cell]:g}, right side {self.right[cell]:g}"


def _sides(check: Check, values: Mapping[str, Grid], calendar: Calendar) -> _Sides:
    """Both sides of a rule; one that is undefined breaks it, one that is missing does not."""
    rule = parse_formula(check.rule, comparison=True)
    tree = rule.tree
    assert isinstance(tree, ast.Compare)
    (left, bad_left), (right, bad_right) = (
        evaluate(Formula(check.rule, side, rule.names), values, calendar)
        for side in (tree.left, tree.comparators[0])
    )
    gap = np.abs(left - right) / np.maximum(np.abs(right), 1e-300)
    with np.errstate(invalid="ignore"):
        apart = gap > check.tolerance
        if not isinstance(tree.ops[0], ast.Eq):
            known = np.isfinite(left) & np.isfinite(right)
            against = known & ~_HOLDS[type(tree.ops[0])](left, right)
            apart = against & apart if check.tolerance else against
    return _Sides(
        left,
        right,
        np.nan_to_num(gap, nan=np.inf),
        np.asarray(apart | bad_left | bad_right),
        min(rule.names, key=check.rule.index),
    )


def check_jumps(study: Study, values: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Year-on-year ratios beyond the codebook's `jump`;
    an error where they look like a factor of 100 or more."""
    for name, variable in study.codebook.items():
        if variable.jump is None or name not in values:
            continue
        x = values[name]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = x[:, 1:] / x[:, :-1]
            size = np.maximum(ratio, 1 / ratio)
        for i, t in np.argwhere(np.isfinite(size) & (size > variable.jump)):
            power = round(float(np.log10(size[i, t])))
            near = power >= 1 and abs(np.log10(size[i, t]) - power) < 0.15
            severity: Severity = (
                "error" if (near and power >= 2) or size[i, t] > 1000 else "warning"
            )
            hint = (
                f", close to a factor of {10**power:,} (a slipped digit or another unit)"
                if near
                else ""
            )
            # Blame the cell that is out of line with both neighbours, where there are two.
            blamed = t if t > 0 and size[i, t - 1] > variable.jump else t + 1
            where = origins.cell(study.provinces[i].code, study.years[blamed], name)
            found = (
                f"{x[i, t]:g} in {study.years[t]}, {x[i, t + 1]:g} in {study.years[t + 1]}{hint}"
            )
            yield Finding(
                "jump",
                severity,
                where,
                found,
                f"at most a factor of {variable.jump:g} from year to year",
                "check the cell against the source; if it is right, raise `jump` in codebook.csv",
            )


def check_empty(
    study: Study, values: Mapping[str, Grid], explained: Collection[str]
) -> Iterator[Finding]:
    """Variables without one value in the study's provinces and years,
    unless that was explained before."""
    files = {s.name: s.file for s in study.spec.sources}
    for name, variable in study.codebook.items():
        if not np.isfinite(values[name]).any() and name not in explained:
            where = Where(file=files[variable.source], variable=name)
            yield Finding(
                "no-values",
                "error",
                where,
                "its heading is there, but no number below it in any province and year",
                "numbers",
                "formulas never calculated (open the file in its program and save it), "
                "a header row without years, or years outside the study's: look below the heading",
            )


def check_levels(study: Study, values: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Provinces whose level is far from all others, zeros between positive values,
    percentages that look like shares."""
    for name, variable in study.codebook.items():
        x = values[name]
        percent = variable.kind == "share" and variable.source_unit == "%"
        if percent and np.nanmax(x, initial=0.0) <= 0.01:
            yield Finding(
                "unit-suspect",
                "warning",
                origins.variable(name),
                "no value above 1 in a column declared as %",
                "percentages",
                "are these shares? then source_unit in codebook.csv is `share`",
            )
        if variable.kind == "amount":
            yield from _zeros(study, name, x, origins)
            yield from _far_levels(study, name, x, origins)


def _zeros(study: Study, name: str, x: Grid, origins: Origins) -> Iterator[Finding]:
    """Zeros between positive years."""
    for i, t in np.argwhere((x[:, 1:-1] == 0) & (x[:, :-2] > 0) & (x[:, 2:] > 0)):
        yield Finding(
            "zero-cell",
            "warning",
            origins.cell(study.provinces[i].code, study.years[t + 1], name),
            "0 between positive years",
            "a number, or an empty cell",
            "if the value is not known, empty the cell: 0 is a value",
        )


def _far_levels(study: Study, name: str, x: Grid, origins: Origins) -> Iterator[Finding]:
    """Provinces whose median is far from all others': 7 robust deviations and a factor of 30."""
    positive = [row[row > 0] for row in x]
    level = np.array([np.log10(np.median(row)) if row.size else np.nan for row in positive])
    known = level[np.isfinite(level)]
    if len(known) < 8:
        return
    centre = np.median(known)
    spread = 1.4826 * float(np.median(np.abs(known - centre)))
    for i in np.flatnonzero(np.abs(level - centre) > max(7 * spread, 1.5)):
        yield Finding(
            "level-outlier",
            "warning",
            origins.cell(study.provinces[i].code, study.years[0], name),
            f"the median over years is {10 ** level[i]:g}, over all provinces {10**centre:g}",
            "a level within reach of the other provinces",
            "is the whole row in another unit?",
        )
