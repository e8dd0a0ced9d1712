"""p-values of one coefficient that few clusters do not spoil, and the study's rule which of them
decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.leverage import leverage
from pipeline.inference.few_clusters.net import Net, net_of
from pipeline.inference.few_clusters.permutation import complete_units, permutation_test
from pipeline.inference.few_clusters.reduced_bias import ReducedBias, reduced_bias
from pipeline.inference.few_clusters.wild import WildModel, wild_model, wild_test
from pipeline.inference.moments import Array, Ints, build_moments, codes
from pipeline.models.linear import fit
from pipeline.models.prepared import Prepared, clustered
from pipeline.models.sample import select
from pipeline.models.task import Task
from pipeline.panel.panel import Panel
from pipeline.results.estimate import ORDERS, SIGNS, Estimate, Test
from pipeline.results.rows import Leverage, Regression
from pipeline.study.model import Model
from pipeline.study.specs import Spec

# A p-value does not hang on it.
LEVEL = 0.95
# The name of the stream of sign vectors.
STREAM = "wild"
Residuals = Literal["WCR11", "WCR31"]
Weights = Literal["rademacher", "webb"]
RESIDUALS: dict[Test, Residuals] = {"wcr11": "WCR11", "wcr31": "WCR31"}

# Of fewer units there are too few orders for a small p-value; and most units must be exchanged.
_EXCHANGED = 7
_MOST = 0.75
# What takes the place of a test that cannot be made of a model.
_ELSE: Test = "wcr31"
Made = TypeVar("Made")


@dataclass(frozen=True)
class Question:
    """Has the regressor (n,) a coefficient beside the others (n, k)?

    Unit effects are absorbed and, where there are years, year effects; the clusters are the units.
    paths: whether the regressor's paths are those of units, which another unit might have had; a
    product's are not
    """

    outcome: Array
    regressor: Array
    others: Array
    unit: Ints
    year: Ints | None
    paths: bool = True

    @property
    def clusters(self) -> int:
        return int(self.unit.max()) + 1

    @property
    def exchangeable(self) -> bool:
        """Whether paths can be permuted: those of most units, which have all years."""
        if not self.paths or self.year is None:
            return False
        complete = len(complete_units(self.unit, self.year))
        return complete >= max(_EXCHANGED, _MOST * self.clusters)

    @cached_property
    def net(self) -> Net:
        """Outcome and regressor net of the others and the effects."""
        return net_of(self.outcome, self.regressor, self.others, self.unit, self.year)

    def wild(self, residuals: Residuals) -> WildModel:
        """The quantities of the wild bootstrap."""
        columns = self.outcome, self.regressor, self.others
        return wild_model(*columns, self.unit, self.year, self.unit, residuals)


def of_rows(rows: pd.DataFrame, model: Model) -> Question | None:
    """The question about a model's treatment on its rows; None where no unit effects are
    absorbed."""
    if "province" not in model.effects:
        return None
    unit, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    y, x = (rows[name].to_numpy(float) for name in (model.outcome, model.treatment))
    controls = rows[model.controls].to_numpy(float)
    return Question(y, x, controls, unit, year if "year" in model.effects else None)


def of_columns(
    prepared: Prepared, outcome: str, regressor: str, others: Sequence[str], *, paths: bool = True
) -> Question:
    """The question about one regressor of a two-way model beside others, by name."""
    p = prepared
    y, x, beside = p.column(outcome), p.column(regressor), p.array(others)
    return Question(y, x, beside, p.province, p.year, paths)


@dataclass(frozen=True)
class Drawing:
    """What tests that draw need: the seed, the name of their stream, how many signs and orders."""

    seed: int
    stream: str
    signs: int
    orders: int


def p_value(task: Task[Spec], question: Question, test: Test) -> float | None:
    """The p-value of a test by the study's draws; None where it cannot be made of the model."""
    return p_by(question, test, Drawing(task.seed, STREAM, SIGNS, ORDERS))


def p_by(question: Question, test: Test, drawing: Drawing) -> float | None:
    """The p-value of a test; None where it cannot be made of the model."""
    d = drawing
    match test:
        case "paths":
            return _permuted_p(question, d) if question.exchangeable else None
        case "crv3":
            return _p(_crv3(question))
        case "cr2":
            return _p(cr2(question))
        case "wcr11" | "wcr31":
            return wild_test(question.wild(RESIDUALS[test]), d.seed, d.stream, d.signs).p
    return None


def _p(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.p


def judged(task: Task[Spec], question: Question, estimate: Estimate) -> Estimate:
    """The estimate with the p-value by which the study judges it."""
    if task.study.spec.inference.decides == "t":
        return estimate
    test, p = deciding(task, lambda test: p_value(task, question, test))
    return replace(estimate, few=p, test=test)


def deciding(task: Task[Spec], make: Callable[[Test], Made | None]) -> tuple[Test, Made | None]:
    """The test that decides and what `make` gives for it: the study's, or the one that takes its
    place where `make` gives None."""
    rule: Test = task.study.spec.inference.decides
    made = make(rule)
    return (_ELSE, make(_ELSE)) if made is None else (rule, made)


def _permuted_p(q: Question, drawing: Drawing) -> float:
    """p of whole paths of the regressor permuted between units."""
    assert q.year is not None, "asked where paths can be exchanged"
    columns, d = (q.outcome, q.regressor, q.others), drawing
    return permutation_test(*columns, q.unit, q.year, d.seed, d.stream, d.orders).p


def cr2(question: Question, level: float = LEVEL) -> Estimate | None:
    """The coefficient with its CR2 error, p and interval from t with Bell-McCaffrey degrees of
    freedom; None where one unit alone identifies it."""
    return _of(reduced_bias(question.net, question.unit), level)


def _of(found: ReducedBias, level: float = LEVEL) -> Estimate | None:
    return clustered(found.estimate, found.se, found.df, level) if found.df > 0 else None


def leverage_of(rows: pd.DataFrame, question: Question) -> Leverage:
    """Who carries the treatment of a model on its rows."""
    net = question.net
    found, reduced = leverage(net, question.unit), reduced_bias(net, question.unit)
    units = np.unique(rows.index.get_level_values("province"))
    largest, judged_by_cr2 = found.largest, _of(reduced)
    return Leverage(
        unit=int(units[largest]),
        share=float(found.shares[largest]),
        effective=found.effective,
        df=reduced.df if judged_by_cr2 else None,
        p=_p(judged_by_cr2),
    )


def _crv3(q: Question, level: float = LEVEL) -> Estimate | None:
    columns = np.column_stack([q.others, q.regressor, q.outcome])
    moments = build_moments(columns, q.unit, q.year, q.unit)
    return jackknifed(*leave_one_out(moments, q.others.shape[1] + 1), level)


def regression(task: Task[Spec], model: Model, panel: Panel | None = None) -> Regression:
    """A linear model on the task's panel, or on another; where unit effects are absorbed its
    treatment is judged by the study's test, its controls by CR2.

    Raises Rejected as `linear.fit` does.
    """
    used = panel or task.panel
    fitted = fit(used, model, task.file, task.level)
    rows = select(used.frame, model.sample, model.variables, task.file)
    question = of_rows(rows, model)
    if question is None:
        return fitted
    found = fitted.coefficients
    own = {model.treatment: judged(task, question, fitted.treatment)}
    if task.study.spec.inference.decides != "t":
        own |= {c: _by_cr2(rows, model, c, found[c]) for c in model.controls}
    return replace(fitted, coefficients=found | own, leverage=leverage_of(rows, question))


def _by_cr2(rows: pd.DataFrame, model: Model, control: str, estimate: Estimate) -> Estimate:
    """A control's estimate, judged by CR2 where that can be made."""
    others = [model.treatment, *(c for c in model.controls if c != control)]
    question = of_rows(rows, replace(model, treatment=control, controls=others))
    p = None if question is None else _p(cr2(question))
    return estimate if p is None else replace(estimate, few=p, test="cr2")


def jackknifed(b: Array, without: Array, level: float) -> Estimate | None:
    """The last coefficient with its CRV3 error, p and interval from t(G - 1); None where a cluster
    cannot be left out.

    b: (k,); without: (G, k), coefficients without each cluster, NaN where there are none
    """
    if not np.isfinite(without).all():
        return None
    error = float(np.sqrt(crv3(b, without)[-1, -1]))
    return clustered(float(b[-1]), error, len(without) - 1, level)


def wild_p(task: Task[Spec], wild: WildModel, weights: Weights = "rademacher") -> float:
    """p-value of the wild cluster bootstrap with the null imposed.

    The draws are one stream for the whole study, so that one regression has one p-value wherever it
    stands.
    """
    return wild_test(wild, task.seed, STREAM, SIGNS, weights).p
