"""Checks that cross the files of a study: names, roles, formulas, units, samples."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import combinations

from pipeline.formula.grammar import FormulaError, parse_formula
from pipeline.panel.finding import Finding, Where
from pipeline.panel.units import conversion_factor, find_unit, known_units
from pipeline.study.check_specs import check_provinces, check_spec
from pipeline.study.headline import check_headline
from pipeline.study.schema import Derived, IndexSpec, StudySpec, Variable, VariablesSpec
from pipeline.study.study import WEIGHTING_LABELS, Study
from pipeline.study.toml import problem, unknown_name


def check_codebook(
    rows: list[tuple[int, Variable]], spec: StudySpec, file: str
) -> Iterator[Finding]:
    """Sources exist, units are known and convertible, no variable twice."""
    sources = {s.name for s in spec.sources}
    seen: dict[str, int] = {}
    headers: dict[tuple[str, str], str] = {}
    for line, row in rows:
        where = Where(file=file, line=line, key="variable", variable=row.variable)
        if row.variable in seen:
            found = f"`{row.variable}` also in line {seen[row.variable]}"
            yield problem(
                "codebook-duplicate", where, found, "one row a variable", "rename or remove one row"
            )
        seen.setdefault(row.variable, line)
        if row.source not in sources:
            yield unknown_name(
                Where(file=file, line=line, key="source", variable=row.variable),
                row.source,
                sources,
                "source",
            )
        if (row.source, row.header) in headers:
            found = f"heading `{row.header}` also of `{headers[row.source, row.header]}`"
            at = Where(file=file, line=line, key="header", variable=row.variable)
            yield problem(
                "codebook-heading",
                at,
                found,
                "one variable a heading of a source",
                "correct the heading",
            )
        headers.setdefault((row.source, row.header), row.variable)
        if row.minimum is not None and row.maximum is not None and row.minimum >= row.maximum:
            at = Where(file=file, line=line, key="minimum", variable=row.variable)
            yield problem(
                "codebook-range",
                at,
                f"minimum {row.minimum:g}, maximum {row.maximum:g}",
                "minimum < maximum",
                "swap them",
            )
        units_known = True
        for key in ("unit", "source_unit"):
            if find_unit(getattr(row, key)) is None:
                units_known = False
                found = f"unit `{getattr(row, key)}`"
                at = Where(file=file, line=line, key=key, variable=row.variable)
                yield problem(
                    "unknown-unit",
                    at,
                    found,
                    f"one of: {', '.join(known_units())}",
                    "change the unit",
                )
        if units_known and conversion_factor(row.source_unit, row.unit) is None:
            at = Where(file=file, line=line, key="source_unit", variable=row.variable)
            found = f"`{row.source_unit}` cannot become `{row.unit}`"
            yield problem(
                "unit-dimension",
                at,
                found,
                "two units of one dimension",
                "correct one of the units",
            )
        if row.kind == "share" and row.unit != "share":
            at = Where(file=file, line=line, key="unit", variable=row.variable)
            found = f"unit `{row.unit}` for a share"
            yield problem(
                "share-unit", at, found, "unit `share`", "set unit to share; source_unit may be %"
            )


def check_formulas(
    variables: VariablesSpec,
    indices: dict[str, IndexSpec],
    raw: set[str],
    columns: set[str],
    file: str,
) -> Iterator[Finding]:
    """Formulas parse, name known variables, clash with nothing; fills name raw variables; no circle."""
    known = raw | set(variables.variables) | columns
    for name, derived in variables.variables.items():
        where = Where(file=file, key=f"variables.{name}", variable=name)
        if name in raw or name in columns:
            yield problem(
                "name-clash",
                where,
                f"`{name}` is declared twice",
                "one declaration",
                "rename one of them",
            )
        yield from _check_formula(derived, where, known)
    for i, fill in enumerate(variables.fill):
        if fill.variable not in raw:
            yield unknown_name(Where(file=file, key=f"fill.{i}.variable"), fill.variable, raw)
        if fill.variable in [f.variable for f in variables.fill[:i]]:
            yield problem(
                "fill-twice",
                Where(file=file, key=f"fill.{i}.variable"),
                f"`{fill.variable}` is filled twice",
                "one [[fill]] a variable",
                "remove one",
            )
    graph = {name: _names_or_none(d) for name, d in variables.variables.items()}
    for index, spec in indices.items():
        graph |= {
            c: set(spec.indicators()) for c in columns if c == index or c.startswith(f"{index}_")
        }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        yield problem(
            "circular", Where(file=file), circle, "no circle of formulas", "break the circle"
        )


def _names_or_none(derived: Derived) -> set[str]:
    try:
        return set(parse_formula(derived.formula).names)
    except FormulaError:
        return set()


def _check_formula(derived: Derived, where: Where, known: set[str]) -> Iterator[Finding]:
    try:
        formula = parse_formula(derived.formula)
    except FormulaError as error:
        yield problem(
            "formula",
            where,
            f"`{derived.formula}`: {error}",
            "a formula of the grammar",
            "correct it",
        )
        return
    for name in sorted(formula.names - known):
        yield unknown_name(where, name, known)


def check_years(study: Study) -> Iterator[Finding]:
    """Years inside formulas are years of the study: `at(x, 2030)` would be missing everywhere, `splice` would do nothing."""
    for name, formula in study.formulas.items():
        for node in ast.walk(formula.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("at", "splice")
            ):
                year = ast.unparse(node.args[1])
                if year not in map(str, study.years):
                    where = Where(
                        file=str(study.paths.specs / "variables.toml"),
                        key=f"variables.{name}",
                        variable=name,
                    )
                    yield problem(
                        "formula-year",
                        where,
                        f"`{node.func.id}(..., {year})`",
                        f"a year of {study.spec.years}",
                        "change the year",
                    )


def check_indices(indices: dict[str, IndexSpec], known: set[str], file: str) -> Iterator[Finding]:
    """Indicators exist and stand in one dimension each; weights that are given are whole."""
    for index, spec in indices.items():
        yield from _check_given_weights(index, spec, file)
        owner: dict[str, str] = {}
        for dimension, d in spec.dimensions.items():
            if any(dimension == w or dimension.startswith(f"{w}_") for w in WEIGHTING_LABELS):
                where = Where(file=file, key=f"{index}.dimensions.{dimension}")
                yield problem(
                    "dimension-name",
                    where,
                    f"a dimension called `{dimension}`",
                    "a name that is not a weighting",
                    "rename the dimension",
                )
            for name in d.indicators:
                where = Where(file=file, key=f"{index}.dimensions.{dimension}.indicators.{name}")
                if name not in known:
                    yield unknown_name(where, name, known)
                if name in owner:
                    found = f"`{name}` also in dimension `{owner[name]}`"
                    yield problem(
                        "indicator-twice", where, found, "one dimension an indicator", "remove one"
                    )
                owner.setdefault(name, dimension)


def _check_given_weights(index: str, spec: IndexSpec, file: str) -> Iterator[Finding]:
    """Expert weights, judgements and combinations are there where a weighting needs them, and fit the indicators."""
    names = list(spec.indicators())
    used = {
        spec.weights,
        *(
            next(w for w in WEIGHTING_LABELS if v == w or v.startswith(f"{w}_"))
            for v in spec.variants
        ),
    }
    if "combination" in used:
        used |= set(spec.combine or [])
    if ("expert" in used or spec.expert is not None) and set(spec.expert or {}) != set(names):
        odd = sorted(set(spec.expert or {}) ^ set(names))
        yield problem(
            "expert-weights",
            Where(file=file, key=f"{index}.expert"),
            f"missing or unknown: {', '.join(odd)}",
            "a weight for each indicator",
            "write expert = { indicator = weight, ... }",
        )
    elif "expert" in used and abs(sum((spec.expert or {}).values()) - 1) > 1e-6:
        total = sum((spec.expert or {}).values())
        yield problem(
            "expert-weights",
            Where(file=file, key=f"{index}.expert"),
            f"they add to {total:.6f}",
            "weights that add to 1",
            "correct the weights",
        )
    if "ahp" in used and [len(names)] * len(names) != [len(row) for row in spec.ahp or []]:
        yield problem(
            "ahp-matrix",
            Where(file=file, key=f"{index}.ahp"),
            f"{len(spec.ahp or [])} rows",
            f"{len(names)} x {len(names)} judgements, in the order of the indicators",
            "complete the matrix",
        )
    if "combination" in used and len(set(spec.combine or [])) < 2:
        yield problem(
            "combination",
            Where(file=file, key=f"{index}.combine"),
            f"{spec.combine or 'nothing'}",
            "two or more different weightings",
            'write combine = ["entropy", "critic"]',
        )
    if spec.normalise == "zscore" and (
        spec.aggregate == "geometric" or any(v.endswith("_geometric") for v in spec.variants)
    ):
        yield problem(
            "geometric",
            Where(file=file, key=f"{index}.normalise"),
            "z-scores and a geometric mean",
            "positive values",
            "use min-max or ranks, or another aggregation",
        )
    if spec.reference is not None and spec.reference[0] > spec.reference[1]:
        yield problem(
            "reference",
            Where(file=file, key=f"{index}.reference"),
            str(spec.reference),
            "first year <= last year",
            "swap them",
        )


def check_study(study: Study, sound: bool) -> Iterator[Finding]:
    """Roles, rules, years, tables and figures; overlaps of indicators only where formulas and indices are sound."""
    file = str(study.paths.specs / "study.toml")
    first, last = study.spec.years
    if first >= last:
        yield problem(
            "years",
            Where(file=file, key="years"),
            f"{first} to {last}",
            "first < last",
            "swap the years",
        )
    if not first <= study.spec.base_year <= last:
        yield problem(
            "base-year",
            Where(file=file, key="base_year"),
            str(study.spec.base_year),
            f"a year from {first} to {last}",
            "change base_year",
        )
    yield from check_provinces(
        Where(file=file, key="provinces_without"), study.spec.provinces_without
    )
    for i, check in enumerate(study.spec.checks):
        where = Where(file=file, key=f"checks.{i}.rule")
        try:
            names = parse_formula(check.rule, comparison=True).names
        except FormulaError as error:
            yield problem(
                "formula", where, f"`{check.rule}`: {error}", "a rule of the grammar", "correct it"
            )
            continue
        yield from (
            unknown_name(where, name, study.codebook)
            for name in sorted(names - set(study.codebook))
        )
    yield from _check_roles(study, file, sound)
    sources = [s.name for s in study.spec.sources]
    for name in sorted({n for n in sources if sources.count(n) > 1}):
        yield problem(
            "source-twice",
            Where(file=file, key="sources"),
            f"two sources called `{name}`",
            "one source a name",
            "rename one",
        )
    for i, name in enumerate(study.spec.roles.acknowledged_overlap):
        if name not in study.codebook:
            yield unknown_name(
                Where(file=file, key=f"roles.acknowledged_overlap.{i}"), name, study.codebook
            )
    for stem, spec in {**study.tables, **study.figures}.items():
        yield from check_spec(study, stem, spec, sound)
    if sound:
        yield from check_headline(study)


def _check_roles(study: Study, file: str, sound: bool) -> Iterator[Finding]:
    roles = study.spec.roles
    parts = [("outcome", roles.outcome), ("treatment", roles.treatment)]
    parts += [("mediators", m) for m in roles.mediators] + [("controls", c) for c in roles.controls]
    unknown = False
    for role, name in parts:
        if name not in study.variables:
            unknown = True
            yield unknown_name(Where(file=file, key=f"roles.{role}"), name, study.variables)
    if unknown or not sound:
        return
    for (role_a, a), (role_b, b) in combinations(parts, 2):
        where = Where(file=file, key="roles", variable=a)
        if a == b:
            yield problem(
                "role-twice",
                where,
                f"`{a}` is among {role_a} and {role_b}",
                "one role a variable",
                "remove one",
            )
        elif role_a != role_b or role_a != "controls":
            shared = (study.raw_indicators(a) & study.raw_indicators(b)) - set(
                roles.acknowledged_overlap
            )
            if shared:
                found = (
                    f"`{', '.join(sorted(shared))}` enters both {role_a} `{a}` and {role_b} `{b}`"
                )
                yield problem(
                    "indicator-in-two-roles",
                    where,
                    found,
                    "each raw indicator in one role",
                    "drop it from one, or list it in roles.acknowledged_overlap and defend it",
                )
