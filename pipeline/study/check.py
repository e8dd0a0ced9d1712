"""Checks of study.toml itself: years, rules between raw variables, sources."""

from collections.abc import Iterator

from pipeline.formula.grammar import FormulaError, parse_formula
from pipeline.panel.finding import Finding, Where
from pipeline.study.check_specs import check_provinces, twice
from pipeline.study.inside import check_places
from pipeline.study.schema import Check
from pipeline.study.spec_file import shortened
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name


def check_study(study: Study) -> Iterator[Finding]:
    """Years in order, provinces and rules that exist, each source once."""
    file = str(study.paths.specs / "study.toml")
    yield from _check_years(study, file)
    without = Where(file=file, key="provinces_without")
    yield from check_provinces(without, study.spec.provinces_without)
    for i, rule in enumerate(study.spec.checks):
        yield from _check_rule(study, rule, Where(file=file, key=f"checks.{i}.rule"))
    yield from check_places(study, file)
    for name in twice(s.name for s in study.spec.sources):
        where, found = Where(file=file, key="sources"), f"two sources called `{name}`"
        yield problem("source-twice", where, found, "one source a name", "rename one")


def _check_years(study: Study, file: str) -> Iterator[Finding]:
    (first, last), base = study.spec.years, study.spec.base_year
    if first >= last:
        where, found = Where(file=file, key="years"), f"{first} to {last}"
        yield problem("years", where, found, "first < last", "swap the years")
    if not first <= base <= last:
        where, expected = Where(file=file, key="base_year"), f"a year from {first} to {last}"
        yield problem("base-year", where, str(base), expected, "change base_year")


def _check_rule(study: Study, rule: Check, where: Where) -> Iterator[Finding]:
    try:
        names = parse_formula(rule.rule, comparison=True).names
    except FormulaError as error:
        found = f"`{shortened(rule.rule)}`: {error}"
        yield problem("formula", where, found, "a rule of the grammar", "correct it")
        return
    for name in sorted(names - set(study.codebook)):
        yield unknown_name(where, name, study.codebook)
