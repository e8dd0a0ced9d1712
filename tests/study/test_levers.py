"""levers.toml: how many levers there may be, in which order, when they are measured."""

import re

import numpy as np
import pytest

from pipeline.panel.finding import Rejected
from pipeline.study.choices import Sample


def test_levers_are_measured_when_they_say(demo, demo_panel):
    frame = demo_panel.frame
    for key, lever in demo.levers.items():
        proxy, found = (frame[n].unstack("year").to_numpy() for n in (lever.variable, key))
        wanted = {
            "base_year": np.repeat(proxy[:, :1], 13, axis=1),
            "current": proxy,
            "lag": np.column_stack([np.full(31, np.nan), proxy[:, :-1]]),
        }
        np.testing.assert_array_equal(found, wanted[lever.timing])
    assert {lever.timing for lever in demo.levers.values()} >= {"base_year", "lag"}


def opened(workspace):
    from pipeline.methods.load import open_study
    from pipeline.study.paths import study_paths

    return open_study(study_paths("demo"))


def test_a_study_may_declare_any_number_of_levers_in_the_order_of_their_numbers(workspace):
    path = workspace.specs / "levers.toml"
    text = path.read_text(encoding="utf-8")
    more = "\n".join(
        f'[{key}]\nlabel = {{ en = "{key}", zh = "{key}" }}\n'
        f'untestable = {{ en = "none", zh = "无" }}'
        for key in ("p10", "p7", "c14")
    )
    path.write_text(f"{text}\n{more}\n", encoding="utf-8")
    keys = list(opened(workspace).levers)
    assert keys[5:8] == ["c6", "c14", "p1"] and keys[-3:] == ["p6", "p7", "p10"]
    assert len(keys) == 15


def test_a_lever_that_nobody_declares_is_missed_by_none_but_those_that_name_it(workspace):
    path = workspace.specs / "levers.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\[c4\].*?(?=\[c5\])", "", text, flags=re.DOTALL), encoding="utf-8")
    with pytest.raises(Rejected) as rejected:
        opened(workspace)
    findings = rejected.value.findings
    named = {path.stem for path in workspace.specs.glob("*/*.toml") if '"c4"' in path.read_text()}
    assert {re.search(r"(\w+)\.toml", f.where.file)[1] for f in findings} == named
    assert {f.code for f in findings} == {"unknown-lever"}


@pytest.mark.parametrize("key", ["c0", "x1", "c100", "p01"])
def test_a_key_is_c_or_p_and_a_number(workspace, key):
    path = workspace.specs / "levers.toml"
    text = path.read_text(encoding="utf-8").replace("[p6]", f"[{key}]")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Rejected) as rejected:
        opened(workspace)
    assert any(key in (f.where.key or "") + f.found for f in rejected.value.findings)


def test_a_study_needs_no_levers_unless_a_table_names_them(workspace):
    (workspace.specs / "levers.toml").unlink()
    with pytest.raises(Rejected, match="levers-missing"):
        opened(workspace)
    kinds = "levers|power|lever_forest|theory_diagram|scenario_map|likelihood_ratio"
    for path in [*workspace.specs.glob("tables/*.toml"), *workspace.specs.glob("figures/*.toml")]:
        if re.search(rf'"[cp]\d"|kind = "({kinds})"', path.read_text(encoding="utf-8")):
            path.unlink()
    assert opened(workspace).levers == {}


def test_effects_in_any_order_are_both(workspace):
    workspace.edit(
        "specs/demo/tables/21_power.toml",
        'kind = "power"',
        'kind = "power"\nmodel = { effects = ["year", "province"] }',
    )
    assert opened(workspace).tables["tables/21_power"].model.effects == ["year", "province"]


def test_halves_are_of_the_provinces_that_the_sample_leaves(demo_panel):
    """Xinjiang without a value is in neither half; the median is that of western provinces in the
    years asked for."""
    from pipeline.models.sample import select

    xinjiang = 650000
    frame = demo_panel.frame.copy()
    frame["p1"] = frame["p1"].where(frame.index.get_level_values("province") != xinjiang)
    west = {"regions": ["west"], "years": [2015, 2020]}
    rows = {
        k: select(frame, Sample.model_validate(west | {k: ["p1"]}), ["uri"], "x")
        for k in ("high", "low")
    }
    high, low = (set(r.index.get_level_values("province")) for r in rows.values())
    whole = select(frame, Sample.model_validate(west), ["uri"], "x")
    means = frame.loc[whole.index, "p1"].groupby(level="province").mean()
    assert means.isna().sum() == 1 and xinjiang in means.index[means.isna()]
    assert high == set(means.index[means > means.median()])
    assert low == set(means.index[means <= means.median()])
    assert (len(high), len(low)) == (5, 6)
