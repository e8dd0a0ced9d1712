import json

import numpy as np
import pytest
from linearmodels.panel import PanelOLS

from pipeline.construct.run import construct
from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.mechanisms.mediation import estimate, pattern
from pipeline.mechanisms.recovery import estimate as recovery
from pipeline.panel.finding import Rejected
from pipeline.panel.result import Term
from pipeline.simulate.run import draw_study
from pipeline.study.kinds import Mediation, Recovery

TEXT = {"en": "x", "zh": "x"}


@pytest.fixture(scope="module")
def result(demo, demo_panel):
    return estimate(
        demo, demo_panel, "tables/t", Mediation.model_validate({"kind": "mediation", "title": TEXT})
    )


def test_paths_equal_linearmodels(demo, demo_panel, result):
    frame, controls = demo_panel.frame, demo.spec.roles.controls
    for column in result.columns:
        for outcome, names, key in ((column.key, ["nqp"], "a"), ("uri", ["nqp"], "total")):
            b = (
                PanelOLS(
                    frame[outcome], frame[names + controls], entity_effects=True, time_effects=True
                )
                .fit()
                .params
            )
            assert column.term(key).estimate == pytest.approx(b["nqp"], rel=1e-9)
        both = PanelOLS(
            frame["uri"],
            frame[[column.key, "nqp", *controls]],
            entity_effects=True,
            time_effects=True,
        )
        b = both.fit().params
        assert column.term("b").estimate == pytest.approx(b[column.key], rel=1e-9)
        assert column.term("direct").estimate == pytest.approx(b["nqp"], rel=1e-9)


def test_decomposition_is_exact(result):
    for c in result.columns:
        assert c.term("direct").estimate + c.term("indirect").estimate == pytest.approx(
            c.term("total").estimate, rel=1e-12
        )
        assert c.term("indirect").low < c.term("indirect").estimate < c.term("indirect").high
        assert c.statistics["n"] == 403


def test_the_readings_are_the_declared_ones(result):
    """One mechanism suppresses, one transmits nothing, two transmit: as simulation.toml declares."""
    assert {c.key: c.statistics["pattern"] for c in result.columns} == {
        "efficiency": "transmission",
        "upgrading": "suppression",
        "information": "transmission",
        "services": "none",
    }


@pytest.mark.parametrize(
    ("low", "high", "direct", "reading"),
    [
        (0.1, 0.3, 0.5, "transmission"),
        (-0.3, -0.1, 0.5, "suppression"),
        (-0.1, 0.3, 0.5, "none"),
        (-0.3, -0.1, -0.5, "transmission"),
    ],
)
def test_pattern(low, high, direct, reading):
    indirect = Term("indirect", "indirect", (low + high) / 2, low=low, high=high)
    assert pattern({"indirect": indirect, "direct": Term("direct", "direct", direct)}) == reading


def test_another_spec_name_draws_other_replicates(demo, demo_panel):
    spec = Mediation.model_validate({"kind": "mediation", "title": TEXT, "mediators": ["services"]})
    a, b, again = (
        estimate(demo, demo_panel, n, spec).columns[0].term("indirect").se for n in ("x", "y", "x")
    )
    assert a == again != b


def test_recovery_of_the_declared_effects(demo, demo_panel):
    result = recovery(
        demo,
        demo_panel,
        "tables/90_recovery",
        Recovery.model_validate({"kind": "recovery", "title": TEXT}),
    )
    covered = next(c for c in result.columns if c.key == "covered")
    z = np.array([t.estimate for t in next(c for c in result.columns if c.key == "z").terms])
    assert len(covered.terms) == 19
    assert np.abs(z).max() < 3.5 and sum(t.estimate for t in covered.terms) >= 15


def test_estimates_are_unbiased_over_simulated_panels(demo):
    """Mean error over 40 panels within 4 of its standard errors, for the total effect and every a and b."""
    truth_path = json.loads(demo.paths.truth.read_text(encoding="utf-8"))["effects"]
    errors = []
    for seed in range(46):
        try:
            panel = draw_study(demo, 5000 + seed)
        except Rejected:  # shares beyond their bounds: the process says so and draws no panel
            continue
        frame = construct(demo, panel.raw).frame
        province = codes(frame.index.get_level_values("province").to_numpy())
        year = codes(frame.index.get_level_values("year").to_numpy())
        x = frame[["nqp", *demo.spec.roles.controls]].to_numpy()
        y = frame["uri"].to_numpy()
        row = [within_fit(y, x, province, year, province).beta[0] - panel.truth["total"]]
        for m in demo.spec.roles.mediators:
            values = frame[m].to_numpy()
            row.append(
                within_fit(values, x, province, year, province).beta[0] - panel.truth[f"{m}.a"]
            )
            b = within_fit(y, np.column_stack([values, x]), province, year, province).beta[0]
            row.append(b - panel.truth[f"{m}.b"])
        errors.append(row)
    errors = np.array(errors)
    assert len(errors) >= 40
    assert set(panel.truth) == set(truth_path)
    assert (
        np.abs(errors.mean(axis=0)) < 4 * errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    ).all()
