"""Broken specs: each gives its message, exit status 1, no traceback, no half-written output."""

import pytest

LEVERS, TABLES, FIGURES = "specs/demo/levers.toml", "specs/demo/tables", "specs/demo/figures"


SPECS = {
    "unknown key": (
        "specs/demo/study.toml",
        "seed =",
        "sed =",
        ["spec-unknown-key", "`sed`", "did you mean `seed`"],
    ),
    "wrong type": (
        "specs/demo/study.toml",
        "draws = 9999",
        'draws = "many"',
        ["spec-value", "draws", "study.toml:"],
    ),
    "syntax": ("specs/demo/study.toml", "[roles]", "[roles", ["spec-syntax", "study.toml"]),
    "duplicate key": (
        "specs/demo/study.toml",
        "synthetic = true",
        "synthetic = true\nsynthetic = false",
        ["spec-syntax"],
    ),
    "unknown role": (
        "specs/demo/study.toml",
        'treatment = "nqp"',
        'treatment = "nqpp"',
        ["unknown-variable", "`nqpp`", "did you mean `nqp`", "roles.treatment"],
    ),
    "treatment is outcome": (
        "specs/demo/study.toml",
        'treatment = "nqp"',
        'treatment = "uri"',
        ["role-twice", "uri"],
    ),
    "variable in two roles": (
        "specs/demo/study.toml",
        'controls = ["openness"',
        'controls = ["services", "openness"',
        ["role-twice", "services"],
    ),
    "indicator in two roles": (
        "specs/demo/variables.toml",
        'formula = "broadband_ports / pop"',
        'formula = "software_revenue / pop"',
        ["indicator-in-two-roles", "software_revenue"],
    ),
    "base year": (
        "specs/demo/study.toml",
        "base_year = 2011",
        "base_year = 2005",
        ["base-year", "2005"],
    ),
    "circular": (
        "specs/demo/variables.toml",
        'formula = "schooling_years"',
        'formula = "nqp / 2"',
        ["circular"],
    ),
    "bad formula": (
        "specs/demo/variables.toml",
        '"patents / pop"',
        '"patents // pop"',
        ["formula", "not part of the grammar"],
    ),
    "unknown function": (
        "specs/demo/variables.toml",
        '"log(trade / gdp)"',
        '"ln(trade / gdp)"',
        ["formula", "no function `ln`"],
    ),
    "unknown variable": (
        "specs/demo/variables.toml",
        '"log(trade / gdp)"',
        '"log(trades / gdp)"',
        ["unknown-variable", "did you mean `trade`"],
    ),
    "unknown indicator": (
        "specs/demo/indices.toml",
        "patents_pc",
        "patent_pc",
        ["unknown-variable", "patents_pc"],
    ),
    "direction": (
        "specs/demo/indices.toml",
        'patents_pc = "+"',
        'patents_pc = "up"',
        ["spec-value", "patents_pc"],
    ),
    "unknown unit": (
        "specs/demo/codebook.csv",
        "万吨标准煤",
        "万吨煤炭",
        ["unknown-unit", "万吨煤炭", "codebook.csv:"],
    ),
    "unit dimension": (
        "specs/demo/codebook.csv",
        "nbs,年末常住人口,万人",
        "nbs,年末常住人口,亿元",
        ["unit-dimension", "cannot become"],
    ),
    "codebook duplicate": (
        "specs/demo/codebook.csv",
        "cpi,Consumer",
        "gdp,Consumer",
        ["codebook-duplicate", "`gdp`"],
    ),
    "no columns": (
        "specs/demo/tables/02_baseline.toml",
        "[[columns]]",
        "[[column]]",
        ["spec-unknown-key", "02_baseline"],
    ),
    "unknown kind": (
        "specs/demo/tables/02_baseline.toml",
        '"regression"',
        '"regresion"',
        ["02_baseline.toml", "regresion"],
    ),
    "unknown sample province": (
        "specs/demo/tables/05_robustness.toml",
        '["Tibet"]',
        '["Tibbet"]',
        ["unknown-province", "`Tibbet`", "Tibet"],
    ),
    "unknown sample year": (
        "specs/demo/tables/05_robustness.toml",
        "[2020, 2021, 2022]",
        "[2030]",
        ["sample-year", "2030"],
    ),
    "unknown effect": (
        "specs/demo/tables/02_baseline.toml",
        '["province"]',
        '["firm"]',
        ["spec-value", "'province'"],
    ),
    "figure of no table": (
        "specs/demo/figures/03_paths.toml",
        'table = "03_mechanisms"',
        'table = "03_mechanism"',
        ["unknown-table", "03_mechanisms"],
    ),
    "rule of no variable": (
        "specs/demo/study.toml",
        '"urban_pop <= pop"',
        '"urban_pop <= people"',
        ["unknown-variable", "people"],
    ),
    "a mediator that is a control": (
        "specs/demo/tables/07_parallel.toml",
        'kind = "parallel"',
        'kind = "parallel"\nmediators = ["openness", "services"]',
        ["role-twice", "`openness`"],
    ),
    "a chain to itself": (
        "specs/demo/tables/08_chain.toml",
        '["upgrading", "efficiency"]',
        '["efficiency", "efficiency"]',
        ["role-twice", "`efficiency`", "chains"],
    ),
    "an outcome that is the treatment": (
        "specs/demo/tables/11_multiple_tests.toml",
        '"efficiency"',
        '"nqp"',
        ["role-twice", "`nqp`"],
    ),
    "a curve with its treatment among the controls": (
        "specs/demo/figures/07_curve.toml",
        'controls = ["openness"',
        'controls = ["nqp", "openness"',
        ["role-twice", "07_curve"],
    ),
    "a benchmark that does not exist": (
        "specs/demo/tables/09_sensitivity.toml",
        '"openness"',
        '"opennes"',
        ["unknown-variable", "did you mean `openness`"],
    ),
    "an unknown bracket": (
        "specs/demo/tables/02_baseline.toml",
        '"wcr11"',
        '"wcr12"',
        ["spec-value", "wcr11"],
    ),
    "rule without comparison": (
        "specs/demo/study.toml",
        '"urban_pop <= pop"',
        '"urban_pop + pop"',
        ["formula", "exactly one"],
    ),
    "a lever with a proxy and untestable": (
        LEVERS,
        'variable = "internet_gap"',
        'variable = "internet_gap"\nuntestable = { en = "x", zh = "x" }',
        ["lever-proxy", "both", "c1"],
    ),
    "a lever with neither": (
        LEVERS,
        'variable = "internet_gap"',
        "",
        ["lever-proxy", "neither", "c1"],
    ),
    "a lever without source": (
        LEVERS,
        "source = {",
        "# source = {",
        ["lever-source", "c1", "no `source`"],
    ),
    "an unknown proxy": (
        LEVERS,
        '"internet_gap"',
        '"internet_gab"',
        ["unknown-variable", "c1.variable", "did you mean `internet_gap`"],
    ),
    "a proxy that is another lever": (
        LEVERS,
        '"internet_gap"',
        '"p1"',
        ["unknown-variable", "c1.variable", "`p1`"],
    ),
    "an unknown arrow": (
        LEVERS,
        'moves = "information"',
        'moves = "informations"',
        ["unknown-arrow", "c1.moves", "did you mean `information`"],
    ),
    "a lever that is a mediator": (
        LEVERS,
        '"internet_gap"',
        '"services"',
        ["lever-is-role", "`services`", "c1", "mediators"],
    ),
    "a lever made from the treatment": (
        LEVERS,
        '"internet_gap"',
        '"patents_pc"',
        ["indicator-in-two-roles", "`patents`", "c1", "treatment `nqp`"],
    ),
    "a lever of no such number": (LEVERS, "[c1]", "[c0]", ["spec-value", "c0", "levers.toml"]),
    "a lever that is neither challenge nor path": (LEVERS, "[c1]", "[d1]", ["spec-value", "d1"]),
    "a lever that tables miss": (
        LEVERS,
        "[c1]",
        "[c7]",
        ["unknown-lever", "no lever `c1`", "13_moderation", "15_moderated", "09_marginal", "c7"],
    ),
    "moderation by a mechanism": (
        f"{TABLES}/13_moderation_challenges.toml",
        '"c1"',
        '"services"',
        ["lever-is-role", "13_moderation", "`services`"],
    ),
    "a lever twice": (
        f"{TABLES}/13_moderation_challenges.toml",
        '"c1"',
        '"c2"',
        ["lever-twice", "13_moderation", "`c2`"],
    ),
    "a pair of one variable": (
        f"{TABLES}/15_moderated_mediation.toml",
        '"c1", "information"',
        '"services", "services"',
        ["role-twice", "pairs.0", "`services`"],
    ),
    "a pair with a lever as mechanism": (
        f"{TABLES}/15_moderated_mediation.toml",
        '"c1", "information"',
        '"c1", "p2"',
        ["lever-is-role", "pairs.0", "`p2` is a lever"],
    ),
    "a pair with the lever's proxy as mechanism": (
        f"{TABLES}/15_moderated_mediation.toml",
        '"c1", "information"',
        '"c1", "internet_gap"',
        ["indicator-in-two-roles", "pairs.0", "`internet_gap`"],
    ),
    "a pair with the outcome as mechanism": (
        f"{TABLES}/15_moderated_mediation.toml",
        '"c1", "information"',
        '"c1", "uri"',
        ["role-twice", "pairs.0", "`uri`"],
    ),
    "a pair with a control as mechanism": (
        f"{TABLES}/15_moderated_mediation.toml",
        '"c1", "information"',
        '"c1", "openness"',
        ["role-twice", "pairs.0", "`openness`"],
    ),
    "two levers with one proxy": (
        LEVERS,
        'variable = "minimum_income_ratio"',
        'variable = "internet_gap"',
        ["lever-twice", "c3.variable", "`c1` and `c3`", "base_year"],
    ),
    "an element twice": (
        f"{TABLES}/22_theory.toml",
        '"efficiency"',
        '"services"',
        ["role-twice", "22_theory", "elements", "`services`"],
    ),
    "halves by the outcome": (
        f"{TABLES}/16_heterogeneity_levers.toml",
        'high = ["minimum_income_ratio"]',
        'high = ["uri"]',
        ["group-role", "groups.far", "`uri`"],
    ),
    "no effects where both are absorbed": (
        f"{TABLES}/21_power.toml",
        'kind = "power"',
        'kind = "power"\nmodel = { effects = [] }',
        ["effects", "21_power", "[]"],
    ),
    "a region in two groups": (
        f"{TABLES}/06_heterogeneity.toml",
        'west = ["west"]',
        'west = ["west", "east"]',
        ["group-overlap", "`east`"],
    ),
    "a group of no variable": (
        f"{TABLES}/16_heterogeneity_levers.toml",
        'high = ["',
        'high = ["x',
        ["unknown-variable", "groups.far"],
    ),
    "an unknown quantile": (
        f"{TABLES}/17_quantiles.toml",
        'kind = "quantiles"',
        'kind = "quantiles"\nquantiles = [0.5, 1.0]',
        ["spec-value", "quantiles.1", "less than 1"],
    ),
    "a move of nothing": (
        f"{TABLES}/19_scenario.toml",
        '"p1"',
        '"openness"',
        ["no move `openness`", "moves.0.variable"],
    ),
    "a path that falls": (
        f"{TABLES}/19_scenario.toml",
        "0.25, 0.5",
        "0.5, 0.25",
        ["scenario-path", "[0.5, 0.25, 0.75, 1.0]", "sort"],
    ),
    "a path beyond the gap": (
        f"{TABLES}/19_scenario.toml",
        "0.75, 1.0",
        "0.75, 1.5",
        ["spec-value", "path.3", "1.5"],
    ),
    "a year of ranks outside": (
        f"{TABLES}/93_ranks.toml",
        "2017",
        "2050",
        ["sample-year", "2050", "93_ranks"],
    ),
    "a year inside a formula": (
        "specs/demo/variables.toml",
        'formula = "waste_reuse_rate"',
        'formula = "at(waste_reuse_rate, 2030)"',
        ["formula-year", "2030"],
    ),
    "expert weights of some": (
        "specs/demo/indices.toml",
        'weights = "entropy"',
        'weights = "expert"\nexpert = { rd_intensity = 1.0 }',
        ["expert-weights", "patents_pc"],
    ),
    "an empty AHP matrix": (
        "specs/demo/indices.toml",
        'weights = "entropy"',
        'weights = "ahp"',
        ["ahp-matrix", "9 x 9"],
    ),
    "a combination of one": (
        "specs/demo/indices.toml",
        'weights = "entropy"',
        'weights = "combination"\ncombine = ["entropy"]',
        ["combination", "two or more"],
    ),
    "an unknown variant": (
        "specs/demo/indices.toml",
        '"critic",',
        '"critik",',
        ["spec-value", "critik"],
    ),
    "a move twice": (
        f"{TABLES}/19_scenario.toml",
        '"p1"',
        '"p2"',
        ["lever-twice", "`p2`", "moves"],
    ),
    "an element that is no mechanism": (
        f"{TABLES}/22_theory.toml",
        '"efficiency"',
        '"openness"',
        ["unknown-mechanism", "elements.m1", "`openness`"],
    ),
    "a forest of moderation": (
        f"{FIGURES}/14_levers.toml",
        'table = "20_levers"',
        'table = "13_moderation_challenges"',
        ["figure-table", "14_levers", "moderation table"],
    ),
    "a diagram of regressions": (
        f"{FIGURES}/15_theory.toml",
        'table = "03_mechanisms"',
        'table = "02_baseline"',
        ["figure-table", "a mediation table"],
    ),
    "a diagram without the twelve": (
        f"{FIGURES}/15_theory.toml",
        '"20_levers"',
        '"02_baseline"',
        ["figure-table", "15_theory", "regression table", "a levers table"],
    ),
    "a map of thresholds": (
        f"{FIGURES}/13_scenario.toml",
        '"19_scenario"\nm',
        '"18_threshold"\nm',
        ["figure-table", "13_scenario", "a scenario table"],
    ),
    "a map of a move that is not there": (
        f"{FIGURES}/13_scenario.toml",
        '"p1"',
        '"c1"',
        ["unknown-move", "13_scenario", "`c1`"],
    ),
    "likelihood ratios of quantiles": (
        f"{FIGURES}/11_likelihood_ratio.toml",
        'table = "18_threshold"',
        'table = "17_quantiles"',
        ["figure-table", "11_likelihood_ratio", "a threshold table"],
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_broken_specs(workspace, name):
    file, old, new, said = SPECS[name]
    encoding = "utf-8-sig" if file.endswith(".csv") else "utf-8"
    workspace.edit(file, old, new, encoding=encoding)
    status, message = workspace.run("check")
    assert status == 1
    for text in said:
        assert text in message, f"{text!r} is not in:\n{message}"
    assert "Traceback" not in message and "specs/demo/" in message
    assert not (workspace.folder / "build").exists()


def break_specs(workspace, *names):
    for name in names:
        file, old, new, _ = SPECS[name]
        workspace.edit(file, old, new, encoding="utf-8-sig" if file.endswith(".csv") else "utf-8")


def test_all_problems_of_all_specs_at_once(workspace):
    break_specs(workspace, "unknown role", "bad formula", "unknown unit", "no columns")
    status, message = workspace.run("check")
    assert status == 1
    for text in ("`nqpp`", "not part of the grammar", "万吨煤炭", "02_baseline"):
        assert text in message


def test_what_an_unreadable_study_keeps_waiting_is_not_told(workspace):
    break_specs(workspace, "unknown key", "bad formula", "no columns")
    status, message = workspace.run("check")
    assert status == 1 and "`sed`" in message and "02_baseline" in message


def test_a_bad_spec_name_and_an_unknown_study(workspace):
    (workspace.specs / "tables/baseline2.toml").write_text('kind = "regression"')
    status, message = workspace.run("check")
    assert status == 1 and "spec-name" in message and "NN_name.toml" in message
    status, message = workspace.run("check", study="dmeo")
    assert status == 1 and "study-missing" in message and "demo" in message


def test_an_impossible_formula_names_its_cells(workspace):
    workspace.edit("specs/demo/variables.toml", '"log(trade / gdp)"', '"log(trade - trade)"')
    status, message = workspace.run("ingest", "validate", "construct")
    assert status == 1 and "undefined" in message and "Beijing 2011 openness" in message
    assert not (workspace.build / "panel.parquet").exists()


def test_an_absorbed_control_and_an_empty_sample_are_told_together(workspace):
    workspace.edit(
        "specs/demo/variables.toml", 'formula = "log(loans / gdp)"', 'formula = "log(land_area)"'
    )
    workspace.edit(
        "specs/demo/tables/05_robustness.toml",
        'without = ["Tibet"]',
        'provinces = ["Tibet", "Beijing"]',
    )
    status, message = workspace.run("ingest", "validate", "construct", "estimate")
    assert status == 1
    assert "collinear" in message and "finance" in message and "sample-too-small" in message
