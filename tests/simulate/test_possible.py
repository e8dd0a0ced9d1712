"""Which parameters make a possible panel, and the true effects that the panel itself shows."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.construct.run import construct
from pipeline.panel.finding import Rejected
from pipeline.simulate.process import draw
from pipeline.simulate.run import draw_study, read_simulation
from pipeline.simulate.schema import Simulation

BOUNDS = {
    "urban_rate": (0.05, 0.98),
    "nonfarm_share": (0.05, 0.99),
    "pension_coverage": (0.02, 0.99),
    "income_ratio": (1.05, 6),
    "consumption_ratio": (1.02, 6),
    "road_density": (0.02, 5),
    "fertilizer_intensity": (0.05, 2),
}


@pytest.fixture(scope="module")
def simulation(demo):
    return read_simulation(demo.paths.specs)


@pytest.fixture(scope="module")
def measures(demo, simulation):
    """The URI indicators (31, 13) of the demo's draw, back from the yearbook series."""
    r = draw(simulation, demo.years, demo.indices, demo.levers).raw
    return {
        "urban_rate": r["urban_pop"] / r["pop"],
        "nonfarm_share": 1 - r["emp_primary"] / r["emp_total"],
        "pension_coverage": r["pension_participants"] / r["pop"],
        "income_ratio": r["income_urban"] / r["income_rural"],
        "consumption_ratio": r["consumption_urban"] / r["consumption_rural"],
        "road_density": r["highway_km"] / r["land_area"],
        "fertilizer_intensity": r["fertilizer"] / r["sown_area"],
    }


def moved(simulation, name, by):
    """The simulation with a measure's intercept moved."""
    own = simulation.measures[name]
    own = own.model_copy(update={"intercept": own.intercept + by})
    return simulation.model_copy(update={"measures": simulation.measures | {name: own}})


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("side", ["low", "high"])
def test_shares_are_shares_and_gaps_are_gaps(demo, simulation, measures, name, side):
    """All of a measure moves with its intercept: refused beyond a bound alone."""
    low, high = BOUNDS[name]
    first, last = measures[name].min(), measures[name].max()
    to_the_bound = low - first if side == "low" else high - last
    out = -0.001 if side == "low" else 0.001
    by = to_the_bound + out
    with pytest.raises(ValueError, match="runs from") as refused:
        draw(moved(simulation, name, by), demo.years, demo.indices, demo.levers)
    assert str(refused.value) == (
        f"{name} runs from {first + by:.3f} to {last + by:.3f}, outside {low} to {high}"
    )
    if side == "low":
        draw(moved(simulation, name, by + 0.002), demo.years, demo.indices, demo.levers)


def test_a_refused_panel_names_the_file(demo, monkeypatch, simulation):
    wrong = moved(simulation, "urban_rate", 0.5)
    monkeypatch.setattr("pipeline.simulate.run.read_simulation", lambda _: wrong)
    with pytest.raises(Rejected) as refused:
        draw_study(demo)
    (f,) = refused.value.findings
    assert (f.code, f.severity, f.expected) == ("simulation", "error", "a possible panel")
    assert f.remedy == "change the parameters" and f.found.startswith("urban_rate runs from")
    assert f.where.file == str(demo.paths.specs / "simulation.toml")


@pytest.mark.parametrize(
    ("key", "inside", "outside"),
    [
        ("seed", [0], [-1]),
        ("serial", [0.0, 0.99], [-0.01, 1.0]),
        ("spatial", [0.0, 0.99], [-0.01, 1.0]),
        ("levers_stream", [0], [-1]),
        ("investment", [0.01, 0.99], [0.0, 1.0]),
    ],
)
def test_bounds_of_the_parameters(simulation, key, inside, outside):
    given = simulation.model_dump()
    for value in inside:
        assert getattr(Simulation.model_validate(given | {key: value}), key) == value
    for value in outside:
        with pytest.raises(ValidationError):
            Simulation.model_validate(given | {key: value})


def test_what_may_be_left_out(simulation):
    given = simulation.model_dump()
    for key in ("levers", "levers_stream", "investment"):
        del given[key]
    found = Simulation.model_validate(given)
    assert (found.levers, found.levers_stream, found.investment) == ({}, 0, 0.45)
    lever = given | {"levers": {"c1": {"mean": 1.0, "between": 1.0, "growth": 0.0, "noise": 1.0}}}
    one = Simulation.model_validate(lever).levers["c1"]
    assert (one.interaction, one.level) == (0.0, 0.0)


def test_an_unreadable_process_is_refused(tmp_path):
    with pytest.raises(Rejected):
        read_simulation(tmp_path)
    (tmp_path / "simulation.toml").write_text("seed = -1\n", encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        read_simulation(tmp_path)
    assert len(refused.value.findings) > 1


def test_another_seed_is_another_panel_and_the_same_seed_the_same(demo):
    first, again, other = draw_study(demo), draw_study(demo, 20240211), draw_study(demo, 5)
    np.testing.assert_array_equal(first.raw["gdp"], again.raw["gdp"])
    assert not np.allclose(first.raw["gdp"], other.raw["gdp"])


def test_true_effects_are_exact_where_the_outcome_has_no_noise(demo, simulation):
    """Integration is linear in the index and the mechanisms: with no errors a regression on them,
    controls and province effects gives back every true effect."""
    calm = {
        "measures": {
            k: m.model_copy(update={"noise": 0.0}) for k, m in simulation.measures.items()
        },
        "integration": simulation.integration.model_copy(update={"noise": 0.0}),
        "levers": {},
    }
    found = draw(simulation.model_copy(update=calm), demo.years, demo.indices, {})
    study = replace(demo, levers={}, fills=[])
    frame = construct(study, found.raw).frame
    x = frame[["nqp", "efficiency", "upgrading", "information", "services"]].to_numpy()
    controls = frame[["openness", "government", "finance"]].to_numpy()
    years = np.tile(demo.years, 31)
    time = np.column_stack([years - 2011.0, years == 2020])
    units = np.repeat(np.eye(31), len(demo.years), axis=0)
    design = np.column_stack([x, controls, time, units])
    b = np.linalg.lstsq(design, frame["uri"].to_numpy(), rcond=None)[0]
    truth = found.truth
    names = ["efficiency", "upgrading", "information", "services"]
    wanted = [truth["direct"], *(truth[f"{n}.b"] for n in names)]
    np.testing.assert_allclose(b[:5], wanted, atol=2e-4)
    for name in names:
        product = truth[f"{name}.a"] * truth[f"{name}.b"]
        assert truth[f"{name}.indirect"] == pytest.approx(product, abs=1e-15)
    total = truth["direct"] + sum(truth[f"{n}.indirect"] for n in names)
    assert truth["total"] == pytest.approx(total, rel=1e-12)
    for dimension in demo.indices["uri"].dimensions:
        part = np.linalg.lstsq(design, frame[f"uri_{dimension}"].to_numpy(), rcond=None)[0][:5]
        own = part[0] + sum(part[1 + i] * truth[f"{n}.a"] for i, n in enumerate(names))
        assert truth[f"uri_{dimension}.total"] == pytest.approx(own, abs=2e-3), dimension


def test_effects_are_known_for_a_sum_of_pooled_minmax_values_alone(demo, simulation):
    for change in (
        {"normalise": "zscore"},
        {"period": "per_year"},
        {"aggregate": "topsis"},
        {"reference": [2011, 2012]},
    ):
        uri = demo.indices["uri"].model_copy(update=change)
        with pytest.raises(ValueError, match="known only for a weighted sum of pooled min-max"):
            draw(simulation, demo.years, demo.indices | {"uri": uri}, demo.levers)


def test_shipped_effects_of_levers_follow_their_arrows(demo, simulation):
    """The interaction on a mechanism's arrow is its a; on integration it is b times that."""
    truth = json.loads(demo.paths.truth.read_text(encoding="utf-8"))["effects"]
    per_latent = truth["direct"] / simulation.direct
    for key, process in simulation.levers.items():
        arrow = demo.levers[key].moves
        if arrow == "direct":
            wanted = process.interaction * per_latent
            assert f"{key}.direct.a" not in truth
        else:
            assert truth[f"{key}.{arrow}.a"] == process.interaction
            wanted = process.interaction * truth[f"{arrow}.b"]
        assert truth[f"{key}.interaction"] == pytest.approx(wanted, rel=1e-9, abs=1e-15)
