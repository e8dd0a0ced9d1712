"""Every finding about a panel of all provinces with defects for the detectors.

REGENERATE=1 writes the kept texts anew; `git diff` then shows what is said otherwise.
"""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Repair
from pipeline.validate.run import validate
from tests.validate.small import HERE, check_kept, raw_panel, study, variable

KEPT = HERE / "kept"


@pytest.fixture(scope="module")
def suspicious():
    """A panel of all provinces, real by its headings, with defects for the detectors."""
    money = {"unit": "100m yuan", "source_unit": "亿元"}
    one = study(
        variable("gdp", **money),
        variable("gdp_two", **(money | {"concept": "gdp", "source": "second"})),
        variable("gdp_index", kind="index", unit="previous year = 100", source_unit="上年=100"),
        variable("va_primary", **(money | {"unit": "10k yuan"})),
        variable("income_rural", unit="yuan", source_unit="元"),
        variable("income_urban", unit="yuan", source_unit="元"),
        variable("rate", kind="share", unit="share", source_unit="%"),
        provinces=(),
        years=[2008, 2020],
        base_year=2008,
        repairs=[
            Repair(
                variable="income_rural",
                action="confirm",
                reason="looked up",
                provinces=["Hebei"],
                years=[2012],
            ),
            Repair(variable="gdp", action="confirm", reason="as is", provinces=["Jilin"]),
        ],
    )
    rng = np.random.default_rng(61)
    growth = 0.08 + 0.03 * rng.standard_normal((31, 13))
    gdp = np.round(np.exp(8 + rng.standard_normal((31, 1)) + np.cumsum(growth, axis=1)), 2)
    index = np.round(100 * np.exp(np.roll(growth, 1, axis=1)), 1)
    two, part = gdp.copy(), np.round(gdp * 0.2 * np.exp(0.02 * rng.standard_normal((31, 13))), 2)
    for k in range(11):
        two[k, 5] *= 1.05 + k / 100
    gdp[6, 7] *= 10
    gdp[9, 3] *= 10
    part[3, 4] = gdp[3, 4] * 1.5
    rural = np.round(9000 * np.exp(0.3 * rng.standard_normal((31, 1)) + np.cumsum(growth, axis=1)))
    urban = np.round(rural * 2.5 * np.exp(0.02 * rng.standard_normal((31, 13))))
    rural[2, 4] = urban[2, 4] * 1.1
    rural[5, 8] = urban[5, 8] * 1.2
    urban[:, 5:] = np.round(urban[:, 5:] * 1.5)
    rate = np.round(0.3 + 0.01 * np.cumsum(rng.standard_normal((31, 13)), axis=1), 4)
    rate[:, 6] = (rate[:, 5] + rate[:, 7]) / 2
    rate[4, 9:12] = rate[4, 8]
    grids = {
        "gdp": gdp,
        "gdp_two": two,
        "gdp_index": index,
        "va_primary": part * 1e4,
        "income_rural": rural,
        "income_urban": urban,
        "rate": rate,
    }
    total = np.round(gdp.sum(axis=0) - np.where(np.arange(13) == 7, 0.9 * gdp[6, 7], 0.0), 2)
    return one, raw_panel(one, {k: x.tolist() for k, x in grids.items()}, {"gdp": total.tolist()})


def test_every_finding_about_a_suspicious_panel(suspicious):
    text = "".join(f"{finding}\n" for finding in validate(*suspicious))
    check_kept(KEPT / "suspicious.txt", text)


def test_of_made_up_data_no_break_is_known(suspicious):
    one, raw = suspicious
    made_up = replace(one, spec=one.spec.model_copy(update={"synthetic": True}))
    differ = [
        (a.found, b.found)
        for a, b in zip(validate(one, raw), validate(made_up, raw), strict=True)
        if a != b
    ]
    assert [(code.split("; known: ")[0], said) for code, said in differ] == [
        (differ[0][1], differ[0][1])
    ]


def test_an_index_stored_a_year_late():
    """Beside the level it belongs to; nothing is said of one in its place."""
    rng = np.random.default_rng(62)
    growth = 0.08 + 0.03 * rng.standard_normal((31, 13))
    level = np.round(np.exp(8 + np.cumsum(growth, axis=1)), 2).tolist()
    one = study(
        variable("gdp"),
        variable("gdp_index", kind="index", source="second"),
        provinces=(),
        years=[2008, 2020],
        base_year=2008,
    )

    def lagged(by):
        index = np.round(100 * np.exp(np.roll(growth, by, axis=1)), 1).tolist()
        found = validate(one, raw_panel(one, {"gdp": level, "gdp_index": index}))
        return [f for f in found if f.code == "index-lagged"]

    assert lagged(0) == []
    assert lagged(1) == [
        Finding(
            "index-lagged",
            "error",
            Where("two.csv", variable="gdp_index"),
            "the index follows the growth of its level one year later: correlation 1.00 shifted, "
            "-0.00 as stored (level: `gdp`)",
            "the index of the year it is stored under",
            "`shift` the variable in repairs.toml after a look at the source",
        )
    ]


@pytest.mark.parametrize(("cells", "more"), [(8, []), (9, ["1 more cells"])])
def test_eight_cells_in_which_two_sources_differ_are_told_one_by_one(cells, more):
    one = study(
        variable("gdp"),
        variable("two", concept="gdp", source="second"),
        provinces=(),
        years=[2008, 2020],
        base_year=2008,
    )
    x = np.round(1000 * np.exp(np.random.default_rng(63).standard_normal((31, 13))), 2)
    y = x.copy()
    y[:cells, 4] *= 1.05
    found = validate(one, raw_panel(one, {"gdp": x.tolist(), "two": y.tolist()}))
    differ = [f for f in found if f.code == "source-differs"]
    assert len(differ) == 8 + len(more)
    assert [f.found[:12] for f in differ[8:]] == more
