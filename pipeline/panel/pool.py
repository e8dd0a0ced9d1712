"""Rubin's rules: one result from the results on many imputed panels.

Sources: Rubin, Multiple Imputation for Nonresponse in Surveys, 1987, (3.1.2)-(3.1.6); Barnard and Rubin, Biometrika 1999,
for the degrees of freedom in small samples.
"""

import math
from collections import Counter
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


def rubin(
    estimates: Sequence[float], errors: Sequence[float], complete: float = math.inf
) -> Pooled:
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
    """Pool results of one spec, term by term; terms are matched by column, name and role, never by position.

    Terms with a t interval: Rubin's estimate, error, t and p with Barnard-Rubin degrees of freedom (G - 1 complete ones where the
    column has clusters). Other intervals (percentile, BCa, wild, sets): their mean ends, each side widened by what the draws'
    estimates vary beyond it. p-values, of whatever test: the median over the draws (Eekhout, Wiel, Heymans 2017). Other
    numbers: the mean. Verdicts and counts: the draws' commonest; notes: the first draw's.
    """
    first = results[0]
    columns = []
    for column in first.columns:
        same = [c for r in results for c in r.columns if c.key == column.key]
        centre = _centre(same)
        terms = [
            _term(_matching(same, term), _clusters(column), level, centre, len(results))
            for term in column.terms
        ]
        columns.append(
            replace(column, terms=[t for t in terms if t is not None], statistics=_statistics(same))
        )
    return replace(first, columns=columns)


def pooled_fully(results: Sequence[Result]) -> bool:
    """Whether every draw has the columns and terms of every other: a draw may find another number of thresholds."""
    shapes = {tuple((c.key, t.name, t.role) for c in r.columns for t in c.terms) for r in results}
    return len(shapes) == 1


def _matching(columns: Sequence[Column], term: Term) -> list[Term]:
    return [t for c in columns for t in c.terms if (t.name, t.role) == (term.name, term.role)]


def _centre(columns: Sequence[Column]) -> dict[str, list[float]]:
    """Name -> the estimates of the draws that intervals without one of their own are about."""
    found: dict[str, list[float]] = {}
    for column in columns:
        for name in {t.name for t in column.terms}:
            own = [
                t.estimate
                for t in column.terms
                if t.name == name
                and t.estimate is not None
                and (t.se is not None or t.low is not None)
            ]
            if own:
                found.setdefault(name, []).append(own[0])
    return found


def _clusters(column: Column) -> float:
    count = column.statistics.get("provinces") or column.statistics.get("clusters")
    return (
        float(count) - 1
        if isinstance(count, int | float) and not isinstance(count, bool) and count > 1
        else math.inf
    )


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _is_p(name: str) -> bool:
    return name == "p" or name.endswith("_p") or name.startswith("p_")


def _term(
    terms: Sequence[Term], complete: float, level: float, centre: dict[str, list[float]], m: int
) -> Term | None:
    """The pooled term; None where not every draw has it."""
    if len(terms) < m:
        return None
    first = terms[0]
    if all(t == first for t in terms):
        return first
    estimates = [t.estimate for t in terms if t.estimate is not None]
    errors = [t.se for t in terms if t.se is not None]
    out = first
    if len(estimates) == m:
        out = replace(
            out, estimate=_median(estimates) if _is_p(first.role) else math.fsum(estimates) / m
        )
    elif estimates:
        out = replace(out, estimate=None)
    ps, tests = (
        [t.p for t in terms if t.p is not None],
        [t.statistic for t in terms if t.statistic is not None],
    )
    out = replace(
        out,
        p=_median(ps) if len(ps) == m else None,
        statistic=math.fsum(tests) / m if len(tests) == m else None,
    )
    if len(estimates) == len(errors) == m:
        pooled = rubin(estimates, errors, complete)
        out = replace(out, se=pooled.se)
        if first.interval is not None and first.interval.endswith("-t"):
            statistic = pooled.estimate / pooled.se
            reach = float(stats.t.ppf(0.5 + level / 2, pooled.df)) * pooled.se
            return replace(
                out,
                statistic=statistic,
                p=float(2 * stats.t.sf(abs(statistic), pooled.df)),
                low=pooled.estimate - reach,
                high=pooled.estimate + reach,
            )
    lows, highs = (
        [getattr(t, k) for t in terms if getattr(t, k) is not None] for k in ("low", "high")
    )
    about = estimates if len(estimates) == m else centre.get(first.name, [])
    if len(lows) == len(highs) == m:
        return _widened(out, about if len(about) == m else None, lows, highs, complete, level)
    return replace(out, low=None, high=None) if lows or highs else out


def _widened(
    term: Term,
    about: Sequence[float] | None,
    lows: Sequence[float],
    highs: Sequence[float],
    complete: float,
    level: float,
) -> Term:
    """The mean interval, each side as much wider as Rubin's t is than the draws' own; without estimates, from lowest to highest."""
    if about is None:
        return replace(term, low=min(lows), high=max(highs))
    m = len(lows)
    low, high, mean = math.fsum(lows) / m, math.fsum(highs) / m, math.fsum(about) / m
    normal = (
        float(stats.t.ppf(0.5 + level / 2, complete))
        if math.isfinite(complete)
        else float(stats.norm.ppf(0.5 + level / 2))
    )
    half = (high - low) / (2 * normal)
    pooled = rubin(about, [half] * m, complete)
    factor = (
        pooled.se * float(stats.t.ppf(0.5 + level / 2, pooled.df)) / (half * normal)
        if half > 0
        else 1.0
    )
    return replace(term, low=mean - (mean - low) * factor, high=mean + (high - mean) * factor)


def _statistics(columns: Sequence[Column]) -> dict[str, float | int | str | bool | None]:
    out: dict[str, float | int | str | bool | None] = {}
    for key in columns[0].statistics:
        values = [c.statistics.get(key) for c in columns]
        numbers = [v for v in values if isinstance(v, float)]
        if len(numbers) == len(values) and len(set(numbers)) > 1:
            out[key] = _median(numbers) if _is_p(key) else math.fsum(numbers) / len(numbers)
        else:
            out[key] = Counter(values).most_common(1)[0][0]
    return out
