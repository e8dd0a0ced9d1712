"""What of the demo study a new study can keep:
what it derives, indexes and moderates, given the variables there are."""

from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from pipeline.intake.offer import Offer
from pipeline.intake.propose import Row
from pipeline.study import Study


@dataclass
class Plan:
    """What of the pattern is kept for the variables there are."""

    pattern: Study
    rows: list[Row]
    years: tuple[int, int]
    derived: list[str] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    missing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def raw(self) -> set[str]:
        """Variables that need no answer before they can be used."""
        return {r["variable"] for r in self.rows if not r["question"]}

    @property
    def levers(self) -> set[str]:
        """Levers whose proxy and whose arrow there are."""
        return {
            k
            for k, lever in self.pattern.levers.items()
            if lever.variable in self.known
            and (lever.moves == "direct" or lever.moves in self.known)
        }

    @property
    def known(self) -> set[str]:
        return self.raw | set(self.derived) | self.columns


def plan_study(pattern: Study, rows: list[Row], years: tuple[int, int]) -> Plan:
    """Which derived variables, indices and their columns the pattern's formulas allow."""
    plan = Plan(pattern, rows, years)
    for name in _order(pattern):
        if name in pattern.derived:
            _derive(plan, name)
        else:
            _index(plan, name)
    return plan


def _derive(plan: Plan, name: str) -> None:
    """Keep a derived variable, or say what it lacks."""
    lacking = sorted(plan.pattern.formulas[name].names - plan.known)
    if lacking:
        plan.missing[name] = lacking
    else:
        plan.derived.append(name)


def _index(plan: Plan, name: str) -> None:
    """Keep an index with the dimensions that have an indicator; without any it is missing."""
    spec = plan.pattern.indices[name]
    inside = [d for d, part in spec.dimensions.items() if set(part.indicators) & plan.known]
    if inside:
        plan.columns |= {name, *(f"{name}_{part}" for part in (*inside, *spec.variants))}
    else:
        plan.missing[name] = sorted(spec.indicators())


def _order(pattern: Study) -> list[str]:
    graph: dict[str, set[str]] = {n: set(pattern.formulas[n].names) for n in pattern.derived}
    graph |= {c: {i} for c, i in pattern.index_columns.items() if c != i}
    graph |= {n: set(spec.indicators()) for n, spec in pattern.indices.items()}
    return [
        n
        for n in TopologicalSorter(graph).static_order()
        if n in pattern.derived or n in pattern.indices
    ]


def common_years(offers: list[Offer]) -> tuple[int, int]:
    """The years that the bulk of the series share:
    the longest span that three quarters of them cover."""
    spans = sorted((o.years[0], o.years[-1]) for o in offers)
    first = sorted(a for a, _ in spans)[int(0.75 * (len(spans) - 1))]
    last = sorted((b for _, b in spans), reverse=True)[int(0.75 * (len(spans) - 1))]
    return (first, last) if first < last else (min(a for a, _ in spans), max(b for _, b in spans))
