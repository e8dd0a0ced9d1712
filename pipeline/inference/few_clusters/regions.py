"""Inference from few groups of clusters, each large: what holds where neighbours depend on each
other in ways that nobody models.

The model is fitted in each group by itself, with effects of its own, and the estimates are taken as
independent and centred on one coefficient: a t test over them is conservative at 5% whatever their
variances (Ibragimov and Mueller 2010), and under symmetric distributions so is the test over all
changes of their signs (Canay, Romano and Shaikh 2017). The jackknife over groups keeps the model as
it is and leaves out one group at a time.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.collinear import Collinear
from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.net import net_of
from pipeline.inference.moments import Array, Ints, build_moments, codes
from pipeline.inference.ties import at_least

# 2^23 sums in memory; more groups than this are not few.
_MOST_GROUPS = 24


@dataclass(frozen=True)
class GroupEstimates:
    """Coefficients (q,) of the treatment in each of the groups `used` (q,), and the groups
    `dropped`, in which nothing identifies it."""

    estimates: Array
    used: Ints
    dropped: Ints


@dataclass(frozen=True)
class GroupMean:
    """The mean of the groups' estimates and its error, for t(df)."""

    estimate: float
    se: float
    df: int


@dataclass(frozen=True)
class SignTest:
    """Two-sided p-value of one coefficient over q groups, and the smallest one that q groups can
    give."""

    p: float
    smallest: float


@dataclass(frozen=True)
class GroupJackknife:
    """The estimate with its CRV3 error over groups, for t(df); needed: groups without which nothing
    identifies the coefficient. Where there are any, the error is NaN."""

    estimate: float
    se: float
    df: int
    needed: Ints


def group_estimates(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints | None, group: Ints
) -> GroupEstimates:
    """The within coefficient of x (n,) in each group by itself.

    Entities lie within groups; controls (n, k) and time effects (unless None) have coefficients of
    their own in each group.
    """
    found = np.full(int(group.max()) + 1, np.nan)
    for g in np.unique(group):
        i = group == g
        years = None if time is None else codes(time[i])
        found[g] = _coefficient(y[i], x[i], controls[i], codes(entity[i]), years)
    known = np.isfinite(found)
    return GroupEstimates(found[known], np.flatnonzero(known), np.flatnonzero(~known))


def _coefficient(y: Array, x: Array, controls: Array, entity: Ints, time: Ints | None) -> float:
    """The within coefficient, NaN where nothing identifies it."""
    try:
        return net_of(y, x, controls, entity, time).estimate
    except Collinear:
        return float("nan")


def ibragimov_mueller(estimates: Array) -> GroupMean:
    """The mean of the groups' estimates (q,) with the error of their t test.

    Valid at levels up to 8.3% for any q, and at 10% for q up to 14. Raises ValueError below two
    groups. Source: Ibragimov and Mueller (2010), theorem 1, from Bakirov and Szekely (2005).
    """
    q = _groups(estimates)
    error = float(estimates.std(ddof=1)) / np.sqrt(q)
    return GroupMean(float(estimates.mean()), float(error), q - 1)


def sign_changes(estimates: Array) -> SignTest:
    """Randomisation test over all 2^q sign changes of the groups' estimates (q,), ties counted.

    The sum of squares does not change with signs, so that the sum orders the sign vectors as the t
    statistic does. Raises ValueError below two groups and above 24. Source: Canay, Romano and
    Shaikh (2017), without randomisation at the critical value.
    """
    q = _groups(estimates)
    if q > _MOST_GROUPS:
        raise ValueError(f"{q} groups: sign changes are enumerated for at most {_MOST_GROUPS}")
    sums = estimates[:1]  # the other sign of the first one mirrors them all
    for estimate in estimates[1:]:
        sums = np.concatenate([sums + estimate, sums - estimate])
    p = at_least(np.abs(sums), abs(float(estimates.sum()))).mean()
    return SignTest(float(p), 2.0 ** (1 - q))


def _groups(estimates: Array) -> int:
    """Their number; raises ValueError where they are no sample."""
    if len(estimates) < 2:
        raise ValueError(f"{len(estimates)} groups identify the coefficient; two are needed")
    return len(estimates)


def group_jackknife(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints | None, group: Ints
) -> GroupJackknife:
    """CRV3 of the coefficient of x (n,) with groups in place of clusters.

    Raises Collinear as `build_moments` does, and ValueError below two groups. Source: MacKinnon,
    Nielsen and Webb (2023).
    """
    moments = build_moments(np.column_stack([controls, x, y]), entity, time, group)
    if moments.clusters < 2:
        raise ValueError("a jackknife over groups needs two of them")
    b, without = leave_one_out(moments, controls.shape[1] + 1)
    needed = np.flatnonzero(~np.isfinite(without[:, -1]))
    variance = float(crv3(b, without)[-1, -1])
    return GroupJackknife(float(b[-1]), float(np.sqrt(variance)), moments.clusters - 1, needed)
