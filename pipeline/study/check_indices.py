"""Checks of indices.toml: indicators, dimensions, and weights that are given."""

from collections.abc import Iterator

from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import IndexSpec
from pipeline.study.study import WEIGHTING_LABELS
from pipeline.study.toml import problem, unknown_name


def check_indices(indices: dict[str, IndexSpec], known: set[str], file: str) -> Iterator[Finding]:
    """Indicators exist and stand in one dimension each; weights that are given are whole."""
    for index, spec in indices.items():
        yield from _check_expert(index, spec, file)
        yield from _check_judgements(index, spec, file)
        yield from _check_scale(index, spec, file)
        yield from _check_dimensions(index, spec, known, file)


def _check_dimensions(index: str, spec: IndexSpec, known: set[str], file: str) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for dimension, d in spec.dimensions.items():
        key = f"{index}.dimensions.{dimension}"
        if _weighting(dimension):
            where, found = Where(file=file, key=key), f"a dimension called `{dimension}`"
            expected, remedy = "a name that is not a weighting", "rename the dimension"
            yield problem("dimension-name", where, found, expected, remedy)
        for name in d.indicators:
            where = Where(file=file, key=f"{key}.indicators.{name}")
            if name not in known:
                yield unknown_name(where, name, known)
            if name in owner:
                found = f"`{name}` also in dimension `{owner[name]}`"
                expected = "one dimension an indicator"
                yield problem("indicator-twice", where, found, expected, "remove one")
            owner.setdefault(name, dimension)


def _weighting(name: str) -> str | None:
    """The weighting that a name of a variant begins with."""
    return next((w for w in WEIGHTING_LABELS if name == w or name.startswith(f"{w}_")), None)


def _used(spec: IndexSpec) -> set[str]:
    """Weightings of an index and of its variants, those that a combination mixes included."""
    used = {spec.weights, *(str(_weighting(v)) for v in spec.variants)}
    return used | set(spec.combine or []) if "combination" in used else used


def _check_expert(index: str, spec: IndexSpec, file: str) -> Iterator[Finding]:
    """Expert weights, where used or given, are of the indicators and add to one."""
    used = "expert" in _used(spec)
    if not used and spec.expert is None:
        return
    given, where = spec.expert or {}, Where(file=file, key=f"{index}.expert")
    if odd := sorted(given.keys() ^ spec.indicators().keys()):
        found, expected = f"missing or unknown: {', '.join(odd)}", "a weight for each indicator"
        remedy = "write expert = { indicator = weight, ... }"
        yield problem("expert-weights", where, found, expected, remedy)
    elif used and abs(sum(given.values()) - 1) > 1e-6:
        found, expected = f"they add to {sum(given.values()):.6f}", "weights that add to 1"
        yield problem("expert-weights", where, found, expected, "correct the weights")


def _check_judgements(index: str, spec: IndexSpec, file: str) -> Iterator[Finding]:
    """The matrix of judgements is whole, and a combination mixes two weightings or more."""
    used, k = _used(spec), len(spec.indicators())
    rows = spec.ahp or []
    if "ahp" in used and [len(row) for row in rows] != [k] * k:
        where, found = Where(file=file, key=f"{index}.ahp"), f"{len(rows)} rows"
        expected = f"{k} x {k} judgements, in the order of the indicators"
        yield problem("ahp-matrix", where, found, expected, "complete the matrix")
    if "combination" in used and len(set(spec.combine or [])) < 2:
        where, found = Where(file=file, key=f"{index}.combine"), f"{spec.combine or 'nothing'}"
        expected = "two or more different weightings"
        remedy = 'write combine = ["entropy", "critic"]'
        yield problem("combination", where, found, expected, remedy)


def _check_scale(index: str, spec: IndexSpec, file: str) -> Iterator[Finding]:
    """No logarithm of z-scores, and reference years in their order."""
    geometric = spec.aggregate == "geometric" or any(
        v.endswith("_geometric") for v in spec.variants
    )
    if spec.normalise == "zscore" and geometric:
        where, found = Where(file=file, key=f"{index}.normalise"), "z-scores and a geometric mean"
        remedy = "use min-max or ranks, or another aggregation"
        yield problem("geometric", where, found, "positive values", remedy)
    if spec.reference is not None and spec.reference[0] > spec.reference[1]:
        where, expected = Where(file=file, key=f"{index}.reference"), "first year <= last year"
        yield problem("reference", where, str(spec.reference), expected, "swap them")
