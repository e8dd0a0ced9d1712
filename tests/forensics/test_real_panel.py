"""The real panel: every defect its README names is found without being told,
at the cells that its compiler flagged."""

import numpy as np
import pandas as pd
import pytest

from pipeline.forensics.decimals import decimals_of
from pipeline.forensics.examine import examine_variable
from pipeline.forensics.identities import find_identities
from pipeline.forensics.identity import broken
from pipeline.forensics.sources import compare, find_disagreement
from pipeline.panel.provinces import PROVINCES

YEARS = list(range(2005, 2024))
CODES = [p.code for p in PROVINCES]
KINDS = {"dfi_index": "index", "internet_penetration": "share", "va_primary_share": "share"}


@pytest.fixture(scope="module")
def cells():
    from tests.conftest import SHARED

    path = SHARED / "data/china_panel/panel_tidy_long.csv"
    if not path.exists():
        pytest.skip("the reference data are not beside this checkout")
    return pd.read_csv(path, dtype={"value": str})


@pytest.fixture(scope="module")
def grids(cells):
    frame = cells.assign(number=pd.to_numeric(cells["value"]))
    wide = frame.pivot(index=["adcode", "year"], columns="variable", values="number")
    wide = wide.reindex(pd.MultiIndex.from_product([CODES, YEARS]))
    return {v: wide[v].to_numpy(float).reshape(31, len(YEARS)) for v in wide}


def found(grids, variable, code):
    x = grids[variable]
    suspicions = examine_variable(x, KINDS.get(variable, "amount"), decimals_of(grids[variable]))
    return [s for s in suspicions if s.code.startswith(code)]


def years(suspicions):
    return {YEARS[t] for s in suspicions for _, t in s.cells}


@pytest.mark.parametrize(
    ("variable", "code", "expected"),
    [
        ("dfi_index", "extrapolated", {2021, 2022, 2023}),
        ("internet_penetration", "line-year", {2016, 2017, 2018, 2019, 2020}),
        ("websites", "line-year", {2019}),
        ("rural_computers", "line-year", {2013, 2014, 2015}),
        ("telecom_volume", "break-level", {2016, 2021}),
        ("post_telecom", "break-level", {2016, 2021}),
        ("agri_power", "break-spread", {2016}),
        ("health_institutions", "break-level", {2009}),
        ("va_primary_share", "precision", {2019}),
    ],
)
def test_years_that_are_not_what_they_seem(grids, variable, code, expected):
    assert expected <= years(found(grids, variable, code))
    if code in ("line-year", "extrapolated"):
        assert years(found(grids, variable, code)) == expected


def test_cells_that_the_compiler_calls_typing_errors(cells, grids):
    typos = cells[cells["flag"] == "suspect_typo"]
    assert len(typos) == 3
    for _, cell in typos.iterrows():
        blamed = {
            s.cells[0]
            for s in [
                *found(grids, cell["variable"], "slip"),
                *found(grids, cell["variable"], "spike"),
            ]
        }
        assert (CODES.index(cell["adcode"]), YEARS.index(cell["year"])) in blamed


def test_sectors_that_miss_their_total(cells, grids):
    names = ["emp_primary", "emp_secondary", "emp_tertiary", "emp_total"]
    (identity,) = [i for i in find_identities({n: grids[n] for n in names}) if i.form == "sum"]
    suspicion = broken(identity, grids)
    flagged = cells[cells["flag"] == "suspect_addingup"]
    assert suspicion is not None and {
        (CODES.index(c), YEARS.index(y))
        for c, y in zip(flagged["adcode"], flagged["year"], strict=True)
    } <= set(suspicion.cells)


def test_schooling_shares_that_miss_a_hundred(grids):
    names = [n for n in grids if n.startswith("empl_edu_")]
    (identity,) = [i for i in find_identities({n: grids[n] for n in names}) if i.form == "shares"]
    suspicion = broken(identity, grids)
    assert len(identity.parts) == 7 and suspicion is not None and suspicion.severity == "error"
    assert {YEARS[t] for _, t in suspicion.cells} == {2015, 2016, 2017, 2018} and len(
        suspicion.cells
    ) == 124


def test_two_vintages_and_two_definitions(grids):
    """Within 1% in 66 of 558 cells, as agreement_checks.txt of the panel counts them."""
    v4, v5 = grids["gdp_v4"], grids["gdp_v5"]
    agreement = compare(v5, v4)
    assert agreement.cells == 558 and round(agreement.within_1 * 558) == 66 and agreement.shift == 0
    (suspicion,) = find_disagreement(v5, v4)
    assert suspicion.code == "source-vintage"
    for kind in ("urban", "rural"):
        new, old = grids[f"income_{kind}"], grids[f"income_{kind}_old"]
        both = np.isfinite(new) & np.isfinite(old)
        # One year of overlap: the splice is 2013's ratio.
        assert both[:, YEARS.index(2013)].sum() == 31 and both.sum() == 31
        joined = np.where(np.isfinite(new) & (np.arange(len(YEARS)) >= YEARS.index(2014)), new, old)
        assert 2014 in years(
            s for s in examine_variable(joined, "amount") if s.code == "break-spread"
        )


def test_the_rotation_that_the_compiler_repaired(grids):
    """Rotated back as the source stored it: Beijing to Henan, each one row down."""
    x = grids["college_students"].copy()
    t = YEARS.index(2020)
    assert not [s for s in examine_variable(x, "amount") if s.code.startswith("rows")]
    x[:16, t] = np.roll(x[:16, t], 1)
    suspicions = [s for s in examine_variable(x, "amount") if s.code == "rows-rotated"]
    assert (
        suspicions and years(suspicions) == {2020} and sum(len(s.cells) for s in suspicions) >= 12
    )
    assert all(i < 16 for s in suspicions for i, _ in s.cells)


def test_sound_series_are_let_be(grids):
    """Series that a careless detector calls invented: smooth, modelled, or with real surges."""
    for variable in (
        "pop",
        "loans",
        "gdp_v4",
        "income_rural",
        "income_urban",
        "fiscal_exp",
        "urban_pop",
        "retail",
        "patent_grant",
        "rd_fte",
    ):
        errors = [
            s
            for s in examine_variable(grids[variable], "amount", decimals_of(grids[variable]))
            if s.severity == "error"
        ]
        assert errors == [], (variable, errors)
