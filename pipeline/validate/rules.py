"""Logical rules of the study (identities, orderings) and jumps that look like a unit slip."""

import ast
import operator
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar, Grid
from pipeline.formula.grammar import Formula, parse_formula
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.study import Study
from pipeline.validate.origin import Origins

_HOLDS: dict[type[ast.cmpop], Any] = {
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
        rule = parse_formula(check.rule, comparison=True)
        tree = rule.tree
        assert isinstance(tree, ast.Compare)
        (left, bad_left), (right, bad_right) = (
            evaluate(Formula(check.rule, side, rule.names), values, calendar)
            for side in (tree.left, tree.comparators[0])
        )
        gap = np.abs(left - right) / np.maximum(np.abs(right), 1e-300)
        with np.errstate(invalid="ignore"):
            if isinstance(tree.ops[0], ast.Eq):
                broken = gap > check.tolerance
            else:
                broken = (
                    ~_HOLDS[type(tree.ops[0])](left, right) & np.isfinite(left) & np.isfinite(right)
                )
                if check.tolerance:
                    broken &= gap > check.tolerance
        gap = np.nan_to_num(gap, nan=np.inf)
        cells = np.argwhere(broken | bad_left | bad_right)
        first = sorted(rule.names, key=check.rule.index)[0]
        expected = check.rule + (f" within {check.tolerance:.2%}" if check.tolerance else "")
        if len(cells) > _MANY:
            worst = cells[np.argmax(gap[tuple(cells.T)])]
            where = origins.cell(study.provinces[worst[0]].code, study.years[worst[1]], first)
            yield Finding(
                "rule-broken",
                check.severity,
                where,
                f"{len(cells)} province-years break the rule; worst: "
                f"left side {left[tuple(worst)]:g}, right "
                f"side {right[tuple(worst)]:g}",
                expected,
                check.remedy,
            )
            continue
        for i, t in cells:
            where = origins.cell(study.provinces[i].code, study.years[t], first)
            found = f"left side {left[i, t]:g}, right side {right[i, t]:g} ({gap[i, t]:.1%} apart)"
            yield Finding("rule-broken", check.severity, where, found, expected, check.remedy)


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
                "formulas never calculated (open the file in its program and save "
                "it), a header row "
                "without years, or years outside the study's: look below the heading",
            )


def check_levels(study: Study, values: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Provinces whose level is far from all others, zeros between positive values,
    percentages that look like shares."""
    for name, variable in study.codebook.items():
        x = values[name]
        if (
            variable.kind == "share"
            and variable.source_unit == "%"
            and np.nanmax(x, initial=0.0) <= 0.01
        ):
            yield Finding(
                "unit-suspect",
                "warning",
                origins.variable(name),
                "no value above 1 in a column declared as %",
                "percentages",
                "are these shares? then source_unit in codebook.csv is `share`",
            )
        if variable.kind != "amount":
            continue
        inner = (x[:, 1:-1] == 0) & (x[:, :-2] > 0) & (x[:, 2:] > 0)
        for i, t in np.argwhere(inner):
            where = origins.cell(study.provinces[i].code, study.years[t + 1], name)
            yield Finding(
                "zero-cell",
                "warning",
                where,
                "0 between positive years",
                "a number, or an empty cell",
                "if the value is not known, empty the cell: 0 is a value",
            )
        level = np.array(
            [np.log10(np.median(row[row > 0])) if (row > 0).any() else np.nan for row in x]
        )
        known = level[np.isfinite(level)]
        if len(known) < 8:
            continue
        spread = 1.4826 * float(np.median(np.abs(known - np.median(known))))
        for i in np.flatnonzero(np.abs(level - np.median(known)) > max(7 * spread, 1.5)):
            p = study.provinces[i]
            yield Finding(
                "level-outlier",
                "warning",
                origins.cell(p.code, study.years[0], name),
                f"the median over years is {10 ** level[i]:g}, "
                f"over all provinces {10 ** np.median(known):g}",
                "a level within reach of the other provinces",
                "is the whole row in another unit?",
            )
