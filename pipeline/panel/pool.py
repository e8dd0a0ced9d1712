"""Rubin's rules: one result from the results on many imputed panels.

Sources: Rubin, Multiple Imputation for Nonresponse in Surveys, 1987, (3.1.2)-(3.1.6); Barnard and Rubin, Biometrika 1999,
for the degrees of freedom in small samples.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy import stats

from pipeline.panel.result import Column, Result, Term


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate: its standard error, degrees of freedom and the share of variance that the gaps make."""

    estimate: float
    se: float
    df: float
    missing: float


def rubin(estimates: Sequence[float], errors: Sequence[float], complete: float = math.inf) -> Pooled:
    """Pool estimates and standard errors of m imputations; `complete`: degrees of freedom if nothing were missing."""
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


def pool(results: Sequence[Result], level: float) -> Result:
    """Pool results of one spec, term by term.

    Terms with a standard error: Rubin's estimate, error, t and interval, with G - 1 complete degrees of freedom where the
    column has clusters. Terms with an interval alone (percentile, BCa): the interval's half-widths stand for the error and
    are widened by the same factor. Other numbers are averaged; what differs otherwise is the first panel's. p-values of
    bootstrap tests are not pooled by these rules: they are the median over the panels (Eekhout, Wiel, Heymans 2017).
    """
    first = results[0]
    columns = []
    for c, column in enumerate(first.columns):
        same = [r.columns[c] for r in results if c < len(r.columns) and len(r.columns[c].terms) == len(column.terms)]
        terms = [_term([s.terms[t] for s in same], _clusters(column), level) for t in range(len(column.terms))]
        columns.append(replace(column, terms=terms, statistics=_statistics(same)))
    return replace(first, columns=columns)


def _clusters(column: Column) -> float:
    count = column.statistics.get("provinces") or column.statistics.get("clusters")
    return (
        float(count) - 1 if isinstance(count, int | float) and not isinstance(count, bool) and count > 1 else math.inf
    )


def _term(terms: Sequence[Term], complete: float, level: float) -> Term:
    first = terms[0]
    estimates = [t.estimate for t in terms if t.estimate is not None]
    if len(estimates) < len(terms) or len(terms) < 2:
        return first
    errors = [t.se for t in terms if t.se is not None]
    lows, highs = ([getattr(t, k) for t in terms if getattr(t, k) is not None] for k in ("low", "high"))
    if len(errors) == len(terms):
        pooled = rubin(estimates, errors, complete)
        statistic = pooled.estimate / pooled.se if pooled.se > 0 else None
        reach = float(stats.t.ppf(0.5 + level / 2, pooled.df)) * pooled.se
        p = None if statistic is None else float(2 * stats.t.sf(abs(statistic), pooled.df))
        drawn = first.interval is not None and not first.interval.endswith("-t") and len(lows) == len(terms)
        out = replace(first, estimate=pooled.estimate, se=pooled.se, statistic=None if first.statistic is None else statistic,
                      p=None if first.p is None else p)  # fmt: skip
        if drawn:
            return _widened(out, estimates, lows, highs, level)
        return replace(
            out,
            low=None if first.low is None else pooled.estimate - reach,
            high=None if first.high is None else pooled.estimate + reach,
        )
    out = replace(first, estimate=math.fsum(estimates) / len(estimates))
    ps = sorted(t.p for t in terms if t.p is not None)
    if len(ps) == len(terms):
        out = replace(out, p=(ps[(len(ps) - 1) // 2] + ps[len(ps) // 2]) / 2)
    return _widened(out, estimates, lows, highs, level) if len(lows) == len(highs) == len(terms) else out


def _widened(
    term: Term, estimates: Sequence[float], lows: Sequence[float], highs: Sequence[float], level: float
) -> Term:
    """The mean interval, each side as much wider as imputation makes the error."""
    z = float(stats.norm.ppf(0.5 + level / 2))
    low, high = math.fsum(lows) / len(lows), math.fsum(highs) / len(highs)
    half = (high - low) / (2 * z)
    pooled = rubin(estimates, [half] * len(estimates))
    factor = pooled.se / half if half > 0 else 1.0
    mean = math.fsum(estimates) / len(estimates)
    return replace(term, low=mean - (mean - low) * factor, high=mean + (high - mean) * factor)


def _statistics(columns: Sequence[Column]) -> dict[str, float | int | str | bool | None]:
    out: dict[str, float | int | str | bool | None] = {}
    for key, value in columns[0].statistics.items():
        values = [c.statistics.get(key) for c in columns]
        numbers = [v for v in values if isinstance(v, float)]
        ps = key == "p" or key.endswith("_p") or key.startswith("p_")
        if len(numbers) == len(values):
            ordered = sorted(numbers)
            out[key] = ordered[len(ordered) // 2] if ps else math.fsum(numbers) / len(numbers)
        else:
            out[key] = value
    return out
