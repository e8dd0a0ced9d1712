"""What coefficient and what rejections shared indicators alone would make, by simulation under the
null."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.index.build import Indicators
from pipeline.index.normalise import NORMALISATIONS
from pipeline.inference.draws import generator
from pipeline.inference.moments import Ints
from pipeline.inference.null_panels import PathPanel, TwoWay
from pipeline.methods.laboratory.spurious.result import Case, Result, Sharing
from pipeline.methods.laboratory.spurious.spec import SpuriousTable
from pipeline.models.few_clusters import Drawing, Question, p_by
from pipeline.models.grids import Array, grid_of
from pipeline.models.indicators import choice_of, indicators_of, weighings_of
from pipeline.models.prepared import prepare
from pipeline.models.task import Task
from pipeline.results.estimate import SIZE, Draws, Interval, Test
from pipeline.study.model import Model
from pipeline.study.schema import IndexSpec

# Signs and orders of each null panel's tests.
DRAWS = 199
# Tests beside the one with clustered errors, whose rejections every case has.
TESTS: tuple[Test, ...] = ("paths", "wcr31", "wcr11", "crv3", "cr2")
# Fewer units make too few orders of residual paths.
_MINIMUM = 10


@dataclass(frozen=True)
class Side:
    """One index of the null panels: its indicators (G, T, k), how they are weighed, and the years
    (T,)."""

    spec: IndexSpec
    ready: Indicators
    values: Array
    years: NDArray[np.int64]

    def index(self, values: Array, signs: Array) -> Array:
        """The index (G * T,) of indicators (G, T, k): normalised, weighed and aggregated as the
        study does it."""
        g, t, k = values.shape
        raw, when = values.reshape(g * t, k), np.tile(self.years, g)
        span = self.spec.reference
        reference = None if span is None else (when >= span[0]) & (when <= span[1])
        built = Indicators(
            name=self.ready.name,
            names=[str(j) for j in range(k)],
            whole=np.ones((g, t), bool),
            raw=raw,
            x=NORMALISATIONS[self.spec.normalise](raw, signs, reference),
            signs=signs,
            context=replace(self.ready.context, years=when, provinces=np.repeat(np.arange(g), t)),
            base_year=self.ready.base_year,
            reference=reference,
        )
        choice = choice_of(self.spec)
        return built.score(choice, built.weights(choice)).ravel()


@dataclass(frozen=True)
class Shared:
    """What treatment and outcome share: pairs of indicators, and indicators of the treatment added
    to the outcome."""

    sharing: Sharing
    pairs: list[tuple[int, int]]
    extra: list[int]

    @property
    def number(self) -> int:
        """Pairs where they are declared, additions where there are more."""
        return len(self.extra) if self.sharing == "more" else len(self.pairs)


def estimate(task: Task[SpuriousTable]) -> Result:
    """Mean, spread and range of the coefficient, and how often 5% tests reject, by what is shared.

    In every simulated panel treatment and outcome keep their indicators' levels, trends, serial
    dependence and correlations, and have nothing to do with each other but what they share:
    nothing, what the specs declare, or more: the treatment's indicators of the largest weights
    stand in the outcome too. Raises Rejected where one of them is no index, or too few units have
    all indicators in all years.
    """
    model = task.model(task.spec.model)
    _require_indices(task, model)
    units = _balanced(task, model)
    prepare(task, model)  # refuses controls that no null panel could tell apart
    x, y = (_side(task, index, units) for index in (model.treatment, model.outcome))
    controls, unit, year = _design(task, model, units)
    two_way = TwoWay.of(unit, year, controls)
    critical = float(stats.t.ppf(1 - SIZE / 2, len(units) - 1))
    cases, panels = [], list[tuple[Array, Array]]()
    for shared in _cases(task, x, y):
        made = list(_draws(task, x, y, shared))
        panels = panels or made
        drawn = np.array([two_way.slope(outcome, treatment) for outcome, treatment in made])
        cases.append(_case(shared, drawn, critical))
    draws = task.spec.draws
    return Result(
        data=task.facts([*x.ready.names, *y.ready.names]),
        model=model,
        cases=cases,
        draws=Draws(draws, draws, task.seed),
        units=len(units),
        years=len(task.study.years),
        sizes=sizes(panels, controls, unit, year, task.seed),
        each=DRAWS,
    )


def _require_indices(task: Task[SpuriousTable], model: Model) -> None:
    """Raise Rejected unless treatment and outcome are indices."""
    if not {model.treatment, model.outcome} <= task.study.indices.keys():
        found = f"`{model.treatment}` or `{model.outcome}` is no index"
        expected, remedy = "indices as treatment and outcome", "remove the table"
        raise task.refusal("spurious", found, expected, remedy)


def _balanced(task: Task[SpuriousTable], model: Model) -> list[int]:
    """Units with every variable in every year. Raises Rejected when fewer than ten are left."""
    indices = [task.study.indices[index] for index in (model.treatment, model.outcome)]
    names = [n for index in indices for n in index.indicators()] + model.controls
    kept = [set(grid_of(task.panel, name).complete.codes) for name in names]
    units = sorted(set.intersection(*kept))
    if len(units) < _MINIMUM:
        found = f"{len(units)} provinces with all indicators in all years"
        remedy = "supply the missing cells, or remove the table"
        raise task.refusal("spurious", found, f"at least {_MINIMUM}", remedy)
    return units


def _side(task: Task[SpuriousTable], index: str, units: list[int]) -> Side:
    ready = indicators_of(task, index)
    values = [grid_of(task.panel, name).of(units).values for name in ready.names]
    years = np.array(task.study.years)
    return Side(task.study.indices[index], ready, np.stack(values, axis=-1), years)


def _design(task: Task[SpuriousTable], model: Model, units: list[int]) -> tuple[Array, Ints, Ints]:
    """Controls (G * T, k), and the codes of units and years, of the null panels."""
    g, t = len(units), len(task.study.years)
    columns = [grid_of(task.panel, c).of(units).values.ravel() for c in model.controls]
    controls = np.array(columns).reshape(-1, g * t).T
    return controls, np.repeat(np.arange(g), t), np.tile(np.arange(t), g)


def sizes(
    panels: list[tuple[Array, Array]], controls: Array, unit: Ints, year: Ints, seed: int
) -> dict[Test, float]:
    """Share of panels (outcome, treatment) in which the 5% test of each kind rejects; one that
    cannot be made of a panel does not."""
    found = [
        _rejects(Question(y, x, controls, unit, year), Drawing(seed, f"null/{i}", DRAWS, DRAWS))
        for i, (y, x) in enumerate(panels)
    ]
    return {test: float(np.mean([one[test] for one in found])) for test in TESTS}


def _rejects(question: Question, drawing: Drawing) -> dict[Test, bool]:
    ps = {test: p_by(question, test, drawing) for test in TESTS}
    return {test: p is not None and p < SIZE for test, p in ps.items()}


def _cases(task: Task[SpuriousTable], x: Side, y: Side) -> Iterator[Shared]:
    """Nothing shared, what the specs declare, and further indicators by their weight in the
    treatment."""
    declared = _declared(task, x, y)
    taken = {i for i, _ in declared}
    weights = x.ready.weights(choice_of(x.spec)).mean(axis=0)
    heaviest = [int(i) for i in np.argsort(-weights) if int(i) not in taken]
    yield Shared("none", [], [])
    if declared:
        yield Shared("declared", declared, [])
    if weighings_of(y.spec) & {"expert", "ahp"}:
        return  # weights from outside say nothing of further indicators
    for k in task.spec.more:
        if k <= len(heaviest):
            yield Shared("more", declared, heaviest[:k])


def _declared(task: Task[SpuriousTable], x: Side, y: Side) -> list[tuple[int, int]]:
    """Positions of indicators of treatment and outcome that are made from one raw indicator."""
    raw = task.study.raw_indicators
    return [
        (i, j)
        for i, of_treatment in enumerate(x.ready.names)
        for j, of_outcome in enumerate(y.ready.names)
        if raw(of_treatment) & raw(of_outcome)
    ]


def _draws(
    task: Task[SpuriousTable], x: Side, y: Side, shared: Shared
) -> Iterator[tuple[Array, Array]]:
    """Outcome and treatment (G * T,) of each null panel. Blocks: the treatment's own indicators,
    the outcome's own, the shared ones."""
    own_x, own_y = x.values.shape[-1], y.values.shape[-1]
    in_x, in_y = [i for i, _ in shared.pairs], [j for _, j in shared.pairs]
    blocks = np.repeat([0, 1], [own_x, own_y])
    blocks[[*in_x, *shared.extra]] = 2
    signs = np.concatenate([y.ready.signs, x.ready.signs[shared.extra]])
    panel = PathPanel.of(np.concatenate([x.values, y.values], axis=-1))
    rng = generator(task.seed, task.stream)
    for _ in range(task.spec.draws):
        values = panel.permuted(blocks, rng)
        of_x, of_y = values[:, :, :own_x], values[:, :, own_x:].copy()
        of_y[:, :, in_y] = of_x[:, :, in_x]
        of_y = np.concatenate([of_y, of_x[:, :, shared.extra]], axis=-1)
        yield y.index(of_y, signs), x.index(of_x, x.ready.signs)


def _case(shared: Shared, drawn: Array, critical: float) -> Case:
    """What the coefficients and t statistics (R, 2) of null panels amount to."""
    coefficients, tested = drawn.T
    low, high = np.quantile(coefficients, [SIZE / 2, 1 - SIZE / 2])
    return Case(
        sharing=shared.sharing,
        shared=shared.number,
        mean=float(coefficients.mean()),
        sd=float(coefficients.std(ddof=1)),
        range=Interval(float(low), float(high), "percentile"),
        rejects=float((np.abs(tested) > critical).mean()),
    )
