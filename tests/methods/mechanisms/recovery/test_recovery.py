"""Recovery: the declared effects come back, in one panel and on average over many."""

import json

import numpy as np
import pytest

from pipeline.construct.run import construct
from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.panel.finding import Rejected
from pipeline.simulate.run import draw_study
from tests.methods.estimated import table_of, words_of

NAME = "tables/90_recovery"


def test_the_declared_effects_come_back(found):
    parameters = found(NAME).parameters
    assert len(parameters) == 19
    assert max(abs(p.errors) for p in parameters) < 3.5
    assert found(NAME).held >= 15
    for p in parameters:
        assert p.held == (p.estimate.low <= p.truth <= p.estimate.high)
        assert p.errors == (p.estimate.value - p.truth) / p.estimate.error


def test_its_a_b_and_draws_are_those_of_the_first_mediation_table(found):
    single = {m.mediator: m.second.effects for m in found("tables/03_mechanisms").mechanisms}
    for p in found(NAME).parameters:
        if p.quantity in ("a", "b", "indirect"):
            assert p.estimate == getattr(single[p.variable], p.quantity)


def test_the_table_has_a_row_a_parameter(demo, found):
    result = found(NAME)
    for language in ("en", "zh"):
        table = table_of(demo, result, demo.tables[NAME], language)
        assert len(table.rows) == 19
        rows = {row.key: row for row in table.rows}
        assert rows["efficiency.a"].cells[3].value == 1.1
        assert rows["uri_people.total"].label.startswith(demo.label("uri_people", language))
        assert demo.label("nqp", language) in rows["direct"].label
        assert str(result.held) in words_of(table)


def estimates(study, frame):
    """Total, and a and b of every mediator."""
    province, year = (codes(frame.index.get_level_values(k)) for k in ("province", "year"))

    def first(outcome, names):
        x = frame[[*names, "nqp", *study.spec.roles.controls]].to_numpy()
        return within_fit(frame[outcome].to_numpy(), x, province, year, province).beta[0]

    pairs = [(first(m, []), first("uri", [m])) for m in study.spec.roles.mediators]
    return np.array([first("uri", []), *np.ravel(pairs)])


def test_estimates_are_unbiased_over_simulated_panels(demo):
    """Mean error over 40 panels within 4 of its errors, for the total and every a and b."""
    declared = json.loads(demo.paths.truth.read_text(encoding="utf-8"))["effects"]
    keys = ["total", *(f"{m}.{x}" for m in demo.spec.roles.mediators for x in ("a", "b"))]
    errors = []
    for seed in range(46):
        try:
            panel = draw_study(demo, 5000 + seed)
        except Rejected:  # shares beyond their bounds: the process says so and draws no panel
            continue
        truth = np.array([panel.truth[k] for k in keys])
        errors.append(estimates(demo, construct(demo, panel.raw).frame) - truth)
        assert set(panel.truth) == set(declared)
    errors = np.array(errors)
    assert len(errors) >= 40
    bound = 4 * errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    assert (np.abs(errors.mean(axis=0)) < bound).all()


@pytest.mark.parametrize("key", ["total", "direct"])
def test_effects_on_the_outcome_have_no_variable(found, key):
    (parameter,) = (p for p in found(NAME).parameters if p.quantity == key and p.variable is None)
    assert parameter.estimate.error > 0
