"""Logical rules of the study (identities, orderings) and jumps that look like a unit slip."""

import ast
import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar, Grid
from pipeline.formula.grammar import Formula, parse_formula
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.study import Study
from pipeline.validate.origin import Origins

_HOLDS: dict[type[ast.cmpop], Any] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_MANY = 12


def check_rules(study: Study, values: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Every rule in every province-year where all its variables are there; `==` within its relative tolerance."""
    calendar = Calendar(tuple(study.years), study.spec.base_year)
    for check in study.spec.checks:
        rule = parse_formula(check.rule, comparison=True)
        tree = rule.tree
        assert isinstance(tree, ast.Compare)
        (left, bad_left), (right, bad_right) = (evaluate(Formula(check.rule, side, rule.names), values, calendar)
                                                for side in (tree.left, tree.comparators[0]))  # fmt: skip
        gap = np.abs(left - right) / np.maximum(np.abs(right), 1e-300)
        with np.errstate(invalid="ignore"):
            if isinstance(tree.ops[0], ast.Eq):
                broken = gap > check.tolerance
            else:
                broken = ~_HOLDS[type(tree.ops[0])](left, right) & np.isfinite(left) & np.isfinite(right)
                if check.tolerance:
                    broken &= gap > check.tolerance
        gap = np.nan_to_num(gap, nan=np.inf)
        cells = np.argwhere(broken | bad_left | bad_right)
        first = sorted(rule.names, key=check.rule.index)[0]
        expected = check.rule + (f" within {check.tolerance:.2%}" if check.tolerance else "")
        if len(cells) > _MANY:
            worst = cells[np.argmax(gap[tuple(cells.T)])]
            where = origins.cell(study.provinces[worst[0]].code, study.years[worst[1]], first)
            yield Finding("rule-broken", check.severity, where,
                          f"{len(cells)} province-years break the rule; worst: left side {left[tuple(worst)]:g}, right "
                          f"side {right[tuple(worst)]:g}", expected, check.remedy)  # fmt: skip
            continue
        for i, t in cells:
            where = origins.cell(study.provinces[i].code, study.years[t], first)
            found = f"left side {left[i, t]:g}, right side {right[i, t]:g} ({gap[i, t]:.1%} apart)"
            yield Finding("rule-broken", check.severity, where, found, expected, check.remedy)


def check_jumps(study: Study, values: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Year-on-year ratios beyond the codebook's `jump`; an error where they look like a factor of 100 or more."""
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
            severity: Severity = "error" if (near and power >= 2) or size[i, t] > 1000 else "warning"
            hint = f", close to a factor of {10**power:,} (a slipped digit or another unit)" if near else ""
            # Blame the cell that is out of line with both neighbours, where there are two.
            blamed = t if t > 0 and size[i, t - 1] > variable.jump else t + 1
            where = origins.cell(study.provinces[i].code, study.years[blamed], name)
            found = f"{x[i, t]:g} in {study.years[t]}, {x[i, t + 1]:g} in {study.years[t + 1]}{hint}"
            yield Finding("jump", severity, where, found, f"at most a factor of {variable.jump:g} from year to year",
                          "check the cell against the source; if it is right, raise `jump` in codebook.csv")  # fmt: skip


def check_empty(study: Study, values: Mapping[str, Grid]) -> Iterator[Finding]:
    """Variables without one value in the study's provinces and years."""
    for name in study.codebook:
        if not np.isfinite(values[name]).any():
            yield Finding("no-values", "error", Where(variable=name), "no value in any province and year",
                          "values", "supply the data, or remove the variable from codebook.csv")  # fmt: skip
