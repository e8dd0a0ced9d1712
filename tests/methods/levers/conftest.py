"""The demo with few draws, results of its specs, and regressions to hold them against."""

from dataclasses import replace

import numpy as np
import pytest
from linearmodels.panel import PanelOLS

from tests.methods.estimated import result_of

LEVERS = ["c1", "c2", "c3", "c4", "c5", "c6", "p1", "p2", "p3", "p4", "p5", "p6"]


@pytest.fixture(scope="session")
def study(demo):
    """The demo with few draws: nothing here depends on how many."""
    few = demo.spec.bootstrap.model_copy(update={"draws": 299})
    return replace(demo, spec=demo.spec.model_copy(update={"bootstrap": few}))


@pytest.fixture(scope="session")
def found(study, demo_panel):
    """Function from the name of a spec of the demo, or a name and a spec, to its result."""
    made = {}

    def of(name, spec=None):
        if name not in made:
            spec = spec or {**study.tables, **study.figures}[name]
            made[name] = result_of(study, demo_panel, spec, name)
        return made[name]

    return of


@pytest.fixture(scope="session")
def rows_with(study, demo_panel):
    """Function from levers and mediators to complete rows, levers centred and scaled, with the
    products of each lever with the treatment (`nqp:c1`) and with the mediators."""

    def rows(levers, mediators=()):
        roles = study.spec.roles
        names = [roles.outcome, roles.treatment, *mediators, *roles.controls, *levers]
        frame = demo_panel.frame[names].dropna().copy()
        for lever in levers:
            frame[lever] = (frame[lever] - frame[lever].mean()) / frame[lever].std(ddof=1)
            for name in (roles.treatment, *mediators):
                frame[f"{name}:{lever}"] = frame[name] * frame[lever]
        return frame

    return rows


@pytest.fixture(scope="session")
def own(study):
    """Function from levers to those whose own effect the province effects do not hold."""
    return lambda *levers: [k for k in levers if study.levers[k].timing != "base_year"]


@pytest.fixture(scope="session")
def regression():
    """Function from rows, outcome, regressors to coefficients and CRV1 errors by PanelOLS:
    G/(G-1) (N-1)/(N-K), K = slopes + years."""

    def fit(frame, outcome, names):
        fitted = PanelOLS(frame[outcome], frame[names], entity_effects=True, time_effects=True).fit(
            cov_type="clustered",
            cluster_entity=True,
            auto_df=False,
            count_effects=False,
            group_debias=False,
            debiased=False,
        )
        g, years = (frame.index.get_level_values(k).nunique() for k in ("province", "year"))
        n = len(frame)
        factor = g / (g - 1) * (n - 1) / (n - len(names) - years)
        return fitted.params, np.sqrt(np.diag(fitted.cov) * factor)

    return fit


@pytest.fixture(scope="session")
def same():
    """Asserts that an estimate is a coefficient of `regression`, by its position."""

    def check(estimate, wanted, errors, position):
        assert estimate.value == pytest.approx(wanted.iloc[position], rel=1e-8)
        assert estimate.error == pytest.approx(errors[position], rel=1e-8)

    return check


@pytest.fixture(scope="session")
def changed(demo_panel):
    """Function from columns, as functions of the frame, to the demo panel with them."""

    def panel(**columns):
        made = {name: make(demo_panel.frame) for name, make in columns.items()}
        return replace(demo_panel, frame=demo_panel.frame.assign(**made))

    return panel


@pytest.fixture(scope="session")
def without_cells(demo_panel, changed):
    """Function from a lever and a share to the panel without that share of the lever's cells."""

    def panel(lever, share):
        values = demo_panel.frame[lever].copy()
        there = np.flatnonzero(values.notna())
        lost = np.random.default_rng(0).choice(there, round(share * len(there)), replace=False)
        values.iloc[lost] = np.nan
        return changed(**{lever: lambda _: values})

    return panel
