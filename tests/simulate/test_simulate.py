import io
import json
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from pipeline.methods.load import open_study
from pipeline.panel.finding import Rejected
from pipeline.panel.units import conversion_factor
from pipeline.simulate.run import draw_study, run
from pipeline.simulate.sources import DECIMALS, printed
from pipeline.study.archive import stable_zip


def test_shipped_sources_are_what_the_generator_draws(demo, tmp_path):
    study = replace(demo, paths=replace(demo.paths, data=tmp_path))
    run(study)
    for name in ("nbs_export.csv", "levers_long.csv"):
        assert (tmp_path / name).read_bytes() == (demo.paths.data / name).read_bytes()
    drawn, shipped = (
        json.loads((p / "truth.json").read_text()) for p in (tmp_path, demo.paths.data)
    )
    effects = shipped.pop("effects")
    assert drawn.pop("effects") == pytest.approx(effects, rel=1e-11)
    assert drawn == shipped
    a, b = (openpyxl.load_workbook(p / "yearbook.xlsx") for p in (tmp_path, demo.paths.data))
    assert a.sheetnames == b.sheetnames
    for name in a.sheetnames:
        assert list(a[name].values) == list(b[name].values)
    pd.testing.assert_frame_equal(
        *(pd.read_stata(p / "survey.dta") for p in (tmp_path, demo.paths.data)), check_exact=True
    )


def test_no_printed_number_lies_so_near_a_half_that_another_processor_could_round_it_otherwise(
    demo,
):
    """The raw numbers move by 1e-15 of their size between processors."""
    raw = draw_study(demo).raw
    for name, variable in demo.codebook.items():
        printed_number = printed(raw, variable)
        step = 10.0**-DECIMALS
        exact = raw[name] * conversion_factor(variable.unit, variable.source_unit)
        to_a_half = np.abs(np.abs(exact - printed_number) - step / 2)
        assert (to_a_half > 1e-12 * np.maximum(np.abs(exact), step)).all(), name


def test_every_source_says_it_is_synthetic(demo):
    assert "SYNTHETIC" in (demo.paths.data / "nbs_export.csv").read_bytes().decode("gb18030")
    book = openpyxl.load_workbook(demo.paths.data / "yearbook.xlsx")
    assert all("SYNTHETIC" in s["A1"].value for s in book.worksheets)
    with pd.io.stata.StataReader(demo.paths.data / "survey.dta") as survey:
        assert "SYNTHETIC" in survey.data_label


def test_the_stata_file_forgets_the_clock(demo, tmp_path):
    run(replace(demo, paths=replace(demo.paths, data=tmp_path)))
    for folder in (tmp_path, demo.paths.data):
        with pd.io.stata.StataReader(folder / "survey.dta") as survey:
            assert survey.time_stamp == "01 Jan 2000 00:00"


def test_identities_hold_in_every_draw(demo):
    for seed in range(5):
        r = draw_study(demo, seed).raw
        np.testing.assert_allclose(r["va_primary"] + r["va_secondary"] + r["va_tertiary"], r["gdp"])
        assert (r["income_urban"] > r["income_rural"]).all() and (r["urban_pop"] < r["pop"]).all()
        assert all((v > 0).all() for name, v in r.items() if demo.codebook[name].kind != "signed")


def test_levels_and_growth_look_like_the_published_series(demo, shared):
    """Medians within a factor of 2.5 and growth within 4 points of the real panel, variable by
    variable."""
    real = pd.read_csv(shared / "data/china_panel/panel_wide.csv")
    raw = draw_study(demo).raw
    pairs = {
        "gdp": "gdp_v4",
        "pop": "pop",
        "income_rural": "income_rural",
        "income_urban": "income_urban",
        "emp_total": "emp_total",
        "trade": "trade",
        "loans": "loans",
        "fiscal_expenditure": "fiscal_exp",
    }
    for ours, theirs in pairs.items():
        cells = real[real["year"].between(2013, 2022)].pivot(
            index="province", columns="year", values=theirs
        )
        ratio = np.median(raw[ours][:, 2:12]) / np.nanmedian(cells)
        growth = (
            np.log(raw[ours][:, 11] / raw[ours][:, 2]).mean() / 9
            - np.log(cells[2022] / cells[2013]).mean() / 9
        )
        assert 1 / 2.5 < ratio < 2.5, (ours, ratio)
        assert abs(growth) < 0.04, (ours, growth)


def test_impossible_parameters_are_refused(workspace):
    workspace.edit("specs/demo/simulation.toml", "slope = 0.60", "slope = 3.0")
    from pipeline.study.paths import study_paths

    with pytest.raises(Rejected, match="urban_rate"):
        draw_study(open_study(study_paths("demo")))


def test_stable_zip_forgets_the_clock():
    book = openpyxl.Workbook()
    book.active.append([1])
    first, second = io.BytesIO(), io.BytesIO()
    book.save(first)
    import datetime

    book.properties.created = datetime.datetime(1999, 1, 1)
    book.save(second)
    assert first.getvalue() != second.getvalue()
    assert stable_zip(first.getvalue()) == stable_zip(second.getvalue())
