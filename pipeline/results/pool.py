"""Rubin's rules: one result from the results on many imputed panels.

Sources: Rubin, Multiple Imputation for Nonresponse in Surveys, 1987, (3.1.2)-(3.1.6); Barnard and
Rubin, Biometrika 1999, for the degrees of freedom in small samples; Eekhout, Wiel and Heymans, BMC
Medical Research Methodology 2017, for the median of p-values.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from statistics import median
from typing import TypeVar

from scipy import special

from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.result import DataFacts, Result
from pipeline.results.rows import Rows
from pipeline.study.model import Model

R = TypeVar("R", bound=Result)
T = TypeVar("T")
# What the first draw's result says for all of them.
_SHARED = (Model, Draws, DataFacts)


class NotPoolable(Exception):
    """The results of the draws have different shapes: a draw found another number of thresholds,
    say."""


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate: its standard error, degrees of freedom and the share of variance that the
    gaps make."""

    value: float
    error: float
    df: float
    missing: float


def rubin(
    estimates: Sequence[float], errors: Sequence[float], complete: float = math.inf
) -> Pooled:
    """Pool estimates and standard errors of m imputations; `complete`: degrees of freedom if
    nothing were missing."""
    m = len(estimates)
    mean = math.fsum(estimates) / m
    within = math.fsum(e * e for e in errors) / m
    between = math.fsum((q - mean) ** 2 for q in estimates) / (m - 1)
    extra = (1 + 1 / m) * between
    total = within + extra
    share = extra / total if total > 0 else 0.0
    if share < 1e-12:  # the draws agree
        return Pooled(mean, math.sqrt(total), complete, 0.0)
    old = (m - 1) / share**2
    if math.isinf(complete):
        return Pooled(mean, math.sqrt(total), old, share)
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    return Pooled(mean, math.sqrt(total), 1 / (1 / old + 1 / observed), share)


def pool(results: Sequence[R], level: float) -> R:
    """Pool results of one spec, number by number at their place.

    Estimates with a t interval: Rubin's estimate, error, t and p with Barnard-Rubin degrees of
    freedom (G - 1 complete ones of the rows they stand with). Other intervals of estimates: their
    mean ends, each side widened by what the draws' estimates vary beyond it; intervals without an
    estimate: from the lowest to the highest end. p-values, of whatever test: the median over the
    draws. Other numbers: the mean, None where a draw has none. Words and counts: the draws'
    commonest; models, samples and draws: the first's. Raises NotPoolable where the results differ
    in shape.
    """
    pooled = _Pooling(level).all(results, math.inf, "")
    assert isinstance(pooled, type(results[0])), "pooled to a result of its own type"
    return pooled


@dataclass(frozen=True)
class _Pooling:
    level: float

    def all(self, values: Sequence[object], complete: float, name: str) -> object:
        """The pooled value of one place in the results; `complete`: degrees of freedom there."""
        first = values[0]
        if isinstance(first, _SHARED) or all(v == first for v in values):
            return first
        if any(v is None for v in values):
            return None
        if len({float if isinstance(v, float) else type(v) for v in values}) > 1:
            raise NotPoolable(f"{type(first).__name__} in one draw, another type in another")
        if isinstance(first, Estimate | Interval | float):
            return self._number(values, complete, name)
        return self._parts(values, complete, name)

    def _number(self, values: Sequence[object], complete: float, name: str) -> object:
        if terms := _each(values, Estimate):
            return self._estimate(terms, complete)
        if intervals := _each(values, Interval):
            return _widest(intervals)
        middle = median if _is_p(name) else _mean
        return middle(_each(values, float))

    def _parts(self, values: Sequence[object], complete: float, name: str) -> object:
        if dicts := _each(values, dict):
            if any(d.keys() != dicts[0].keys() for d in dicts):
                raise NotPoolable(f"other keys of {name} in another draw")
            return {k: self.all([d[k] for d in dicts], complete, name) for k in dicts[0]}
        if lists := _each(values, list):
            if len({len(x) for x in lists}) > 1:
                raise NotPoolable(f"another number of {name} in another draw")
            return [self.all(place, complete, name) for place in zip(*lists, strict=True)]
        if is_dataclass(values[0]):
            return self._fields(values, complete)
        return Counter(values).most_common(1)[0][0]

    def _fields(self, values: Sequence[object], complete: float) -> object:
        first = values[0]
        assert is_dataclass(first) and not isinstance(first, type), "an instance of a dataclass"
        rows = getattr(first, "rows", None)
        inner = rows.df if isinstance(rows, Rows) else complete
        pooled = {
            f.name: self.all([getattr(v, f.name) for v in values], inner, f.name)
            for f in fields(first)
        }
        return replace(first, **pooled)

    def _estimate(self, terms: list[Estimate], complete: float) -> Estimate:
        values = [t.value for t in terms]
        errors = [t.error for t in terms if t.error is not None]
        out = Estimate(
            _mean(values),
            p=_every([t.p for t in terms], median),
            statistic=_every([t.statistic for t in terms], _mean),
            few=_every([t.few for t in terms], median),
            test=terms[0].test,
        )
        if len(errors) == len(terms):
            pooled = rubin(values, errors, complete)
            out = replace(out, error=pooled.error)
            if all(t.interval is not None and t.interval.kind == "crv1-t" for t in terms):
                return self._by_t(out, pooled)
        return replace(out, interval=self._interval(terms, values, complete))

    def _by_t(self, out: Estimate, pooled: Pooled) -> Estimate:
        t = pooled.value / pooled.error
        reach = float(special.stdtrit(pooled.df, 0.5 + self.level / 2)) * pooled.error
        interval = Interval(pooled.value - reach, pooled.value + reach, "crv1-t")
        p = float(2 * special.stdtr(pooled.df, -abs(t)))
        return replace(out, statistic=t, p=p, interval=interval)

    def _interval(
        self, terms: list[Estimate], about: list[float], complete: float
    ) -> Interval | None:
        """The mean interval, each side as much wider as Rubin's t is than the draws' own."""
        found = [t.interval for t in terms if t.interval is not None]
        lows = [i.low for i in found if i.low is not None]
        highs = [i.high for i in found if i.high is not None]
        m = len(terms)
        if not len(lows) == len(highs) == m:
            return None
        low, high, mean = _mean(lows), _mean(highs), _mean(about)
        df = complete if math.isfinite(complete) else 1e9
        normal = float(special.stdtrit(df, 0.5 + self.level / 2))
        half = (high - low) / (2 * normal)
        if half <= 0:
            return Interval(low, high, found[0].kind)
        pooled = rubin(about, [half] * m, complete)
        reach = pooled.error * float(special.stdtrit(pooled.df, 0.5 + self.level / 2))
        factor = reach / (half * normal)
        ends = mean - (mean - low) * factor, mean + (high - mean) * factor
        return Interval(*ends, found[0].kind)


def _is_p(name: str) -> bool:
    return name in ("p", "few") or name.endswith("_p") or name.startswith("p_")


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _each(values: Sequence[object], kind: type[T]) -> list[T]:
    """The values where all are of a kind, else none."""
    found = [v for v in values if isinstance(v, kind)]
    return found if len(found) == len(values) else []


def _every(
    values: Sequence[float | None], middle: Callable[[Sequence[float]], float]
) -> float | None:
    """The middle of values that every draw has."""
    there = [v for v in values if v is not None]
    return middle(there) if len(there) == len(values) else None


def _widest(intervals: list[Interval]) -> Interval:
    """From the lowest to the highest end; an end open in any draw is open."""
    lows, highs = [i.low for i in intervals], [i.high for i in intervals]
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    return Interval(low, high, intervals[0].kind)
