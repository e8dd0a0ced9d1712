"""A small panel of real provinces, and its regressions on dummies written out by brute force."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.study.choices import Sample
from pipeline.study.model import Model

CODES = [110000, 120000, 130000, 140000, 150000, 210000, 220000, 230000]
YEARS = [2012, 2013, 2014, 2015, 2016]
MODEL = Model("y", "x", ["c"], ["province", "year"], Sample())


def small_frame(codes=CODES, seed=7):
    """Outcome y, treatment x, control c, mediator m and lever z, with noise; index as in a panel.

    Units move differently from year to year, so that no two of them weigh the same.
    """
    rng = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product([codes, YEARS], names=["province", "year"])
    d = pd.DataFrame(rng.normal(size=(len(keys), 5)), keys, ["x", "c", "m", "y", "z"])
    d["x"] *= np.repeat(rng.uniform(0.5, 2, len(codes)), len(YEARS))
    d["m"] += 0.8 * d["x"]
    d["y"] += 0.5 * d["x"] + 0.6 * d["m"] - 0.3 * d["c"]
    return d


def task_of(study, frame, draws=500, **changes):
    """A task of the study on a frame, with fewer draws and other changes of study.toml."""
    bootstrap = study.spec.bootstrap.model_copy(update={"draws": draws})
    spec = study.spec.model_copy(update={"bootstrap": bootstrap, **changes})
    table = next(iter(study.tables.values()))
    return Task(replace(study, spec=spec), Panel(frame), "tables/x", table)


def dummies(frame, time=True):
    """A dummy of every unit, and of every year but the first (n, k)."""
    units = pd.get_dummies(frame.index.get_level_values("province")).to_numpy(float)
    years = pd.get_dummies(frame.index.get_level_values("year")).to_numpy(float)[:, 1:]
    return np.hstack([units, years]) if time else units


def net(frame, columns, others, time=True):
    """Columns less their least-squares fit on others and dummies."""
    design = np.hstack([frame[list(others)].to_numpy(float), dummies(frame, time)])
    wanted = frame[columns].to_numpy(float)
    return wanted - design @ np.linalg.lstsq(design, wanted, rcond=None)[0]


def regression(frame, y, names):
    """Coefficients and CRV1 errors of names in the two-way model, and the design's degrees."""
    own = np.hstack([frame[names].to_numpy(float), dummies(frame)])
    beta = np.linalg.lstsq(own, frame[y].to_numpy(float), rcond=None)[0]
    residual = frame[y].to_numpy(float) - own @ beta
    bread = np.linalg.inv(own.T @ own)
    groups = frame.index.get_level_values("province").to_numpy()
    scores = np.stack([own[groups == g].T @ residual[groups == g] for g in np.unique(groups)])
    n, units, years = len(frame), len(scores), frame.index.get_level_values("year").nunique()
    factor = units / (units - 1) * (n - 1) / (n - len(names) - (years - 1) - 1)
    covariance = factor * bread @ scores.T @ scores @ bread
    k = len(names)
    return beta[:k], np.sqrt(np.diag(covariance))[:k]


def all_signs(units):
    """Every vector of signs (2^units, units)."""
    return np.array(list(product([1.0, -1.0], repeat=units)))


def jackknifed(frame, residual, design):
    """Residuals of each unit divided by its own block of the annihilator of the design."""
    annihilator = np.eye(len(frame)) - design @ np.linalg.pinv(design)
    groups = frame.index.get_level_values("province").to_numpy()
    out = np.empty(len(frame))
    for g in np.unique(groups):
        rows = groups == g
        block = annihilator[np.ix_(rows, rows)]
        out[rows] = np.linalg.pinv(block, rcond=1e-10) @ residual[rows]
    return out


def wild_statistics(frame, outcomes, x, others, time=True):
    """Coefficient, CR0 error and t of x for each row of outcomes (R, n)."""
    xt = net(frame, [x], others, time)[:, 0]
    design = np.hstack([frame[[x, *others]].to_numpy(float), dummies(frame, time)])
    left = outcomes - outcomes @ design @ np.linalg.pinv(design)
    groups = frame.index.get_level_values("province").to_numpy()
    scores = [(left[:, groups == g] * xt[groups == g]).sum(axis=1) for g in np.unique(groups)]
    beta = outcomes @ xt / (xt @ xt)
    error = np.sqrt((np.array(scores) ** 2).sum(axis=0)) / (xt @ xt)
    return beta, error, beta / error


def wild_p(frame, y, x, others, time=True, transformed=False):
    """p of H0: x = 0 over all sign vectors of the units, the null imposed (WCR11, or WCR31)."""
    residual = net(frame, [y], others, time)[:, 0]
    if transformed:
        design = np.hstack([frame[list(others)].to_numpy(float), dummies(frame, time)])
        residual = jackknifed(frame, residual, design)
    signs = all_signs(frame.index.get_level_values("province").nunique())
    place = pd.factorize(frame.index.get_level_values("province"))[0]
    t = wild_statistics(frame, signs[:, place] * residual, x, others, time)[2]
    sample = wild_statistics(frame, frame[[y]].to_numpy(float).T, x, others, time)[2][0]
    extreme = (np.abs(t) >= abs(sample) - 1e-9).sum()
    return max(int(extreme), 2) / len(signs)  # the sample's own two count, also by WCR31


def refused(work, *arguments, **named):
    """The findings with which a call is refused; fails where it is not."""
    try:
        work(*arguments, **named)
    except Rejected as rejected:
        return rejected.findings
    raise AssertionError("not refused")


def told(finding):
    """What a finding says, with its file's name alone: code, file, variable, found, expected,
    remedy."""
    assert finding.severity == "error"
    file = (finding.where.file or "").rpartition("/")[2]
    return (
        finding.code,
        file,
        finding.where.variable,
        finding.found,
        finding.expected,
        finding.remedy,
    )
