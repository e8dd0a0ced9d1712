"""Sensitivity: agreement with the mechanisms, a benchmark that is none, the table."""

import pytest

from pipeline.methods.mechanisms.sensitivity.spec import SensitivityTable
from pipeline.panel.finding import Rejected
from tests.methods.estimated import TITLE, result_of, table_of, words_of

NAME = "tables/09_sensitivity"


def test_it_is_about_the_b_and_the_total_of_the_mechanisms(found):
    result = found(NAME)
    single = {m.mediator: m.second.effects for m in found("tables/03_mechanisms").mechanisms}
    for m in result.mechanisms:
        assert m.strength.estimate == pytest.approx(single[m.mediator].b.value, rel=1e-10)
        assert m.rho_interval.low < m.rho_zero < m.rho_interval.high
    total = single["efficiency"].total.value
    assert result.treatment.estimate == pytest.approx(total, rel=1e-10)


def test_a_stronger_confounder_takes_more(found):
    result = found(NAME)
    for s in [*(m.strength for m in result.mechanisms), result.treatment]:
        sign = 1 if s.estimate > 0 else -1
        assert sign * s.estimate > sign * s.as_benchmark > sign * s.thrice_benchmark
        assert 0 < s.partial_r2 < s.robustness < 1
        assert 0 <= s.robustness_at < s.robustness


def test_the_strongest_control_takes_the_most_of_all_benchmarks(demo, demo_panel, found):
    """Each control as the benchmark in its turn: the strongest is the one that leaves the least."""
    spec, controls = demo.tables[NAME], demo.spec.roles.controls
    turns = {
        c: result_of(demo, demo_panel, spec.model_copy(update={"benchmark": c})) for c in controls
    }
    for k, s in enumerate([*(m.strength for m in found(NAME).mechanisms), found(NAME).treatment]):
        every = {
            c: [*(m.strength for m in r.mechanisms), r.treatment][k].as_benchmark
            for c, r in turns.items()
        }
        sign = 1 if s.estimate > 0 else -1
        assert s.as_strongest * sign == min(sign * v for v in every.values())
        assert every[s.strongest] == s.as_strongest


def test_a_benchmark_that_is_no_control_is_refused(demo, demo_panel):
    keys = {"kind": "sensitivity", "title": TITLE, "benchmark": "schooling"}
    spec = SensitivityTable.model_validate(keys)
    with pytest.raises(Rejected, match="benchmark"):
        result_of(demo, demo_panel, spec)


def test_the_table_names_benchmark_treatment_and_outcome(demo, found):
    result, spec = found(NAME), demo.tables[NAME]
    for language in ("en", "zh"):
        table = table_of(demo, result, spec, language)
        for variable in ("openness", "nqp", "uri"):
            assert demo.label(variable, language) in words_of(table)
        rows = {row.key: row for row in table.rows}
        assert rows["oster_delta"].cells[-1].value == result.oster_delta
        assert rows["rho"].cells[1].value == result.mechanisms[1].rho_zero


def test_implied_r2s_above_one_are_said_and_not_capped(demo, demo_panel, replaced):
    """An outcome that the benchmark nearly is: a confounder as strong would explain more than
    all."""
    spec = demo.tables[NAME].model_copy(update={"r2_max": 5.0})
    bench = 20 * demo_panel.frame[spec.benchmark]
    result = result_of(demo, replaced(uri=demo_panel.frame["uri"] + bench), spec)
    strength = result.treatment
    assert strength.as_benchmark is None and strength.thrice_benchmark is None
    assert strength.beyond["3"] > strength.beyond["1"] > 1 and result.implied_r2 > 1
    said = words_of(table_of(demo, result, spec))
    assert f"partial R² of {strength.beyond['1']:.2f} with the outcome" in said
    assert f"5 × R² is {result.implied_r2:.2f}, more than one" in said
    assert "大于1，故不存在" in words_of(table_of(demo, result, spec, "zh"))
