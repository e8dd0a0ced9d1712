"""What repairs leave in the raw panel, and whole findings about them."""

import pytest

from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Repair
from tests.ingest.files import GDP, TWO, wide
from tests.validate.small import variable


def repaired(ingested, *repairs, rows=TWO, **keys):
    repairs = [Repair(**({"variable": "gdp", "reason": "as printed"} | r)) for r in repairs]
    return ingested(wide(rows), variable("gdp", **GDP), repairs=repairs, **keys)


def cells(frame):
    return {
        (int(p), int(y)): v
        for p, y, v in zip(frame["province"], frame["year"], frame["value"], strict=True)
        if v == v
    }


def told(k, said, code="repaired", severity="note", **keys):
    """The finding about the k-th repair."""
    usual = {
        "expected": "sources without errors",
        "remedy": "nothing to do: repairs.toml says why",
    }
    place = Where(keys.pop("file"), key=f"repair.{k}", variable="gdp")
    return Finding(code, severity, place, said, **(usual | keys))


def test_repairs_in_their_order_with_all_their_reasons(ingested, tmp_path):
    beijing = {"provinces": ["Beijing"], "years": [2011]}
    frame, findings = repaired(
        ingested,
        beijing | {"action": "set", "value": 4.0, "source": "yearbook 2013"},
        beijing | {"action": "scale", "factor": 0.5, "reason": "halved"},
        {"action": "confirm", "provinces": ["Tianjin"], "years": [2011]},
    )
    file = str(tmp_path / "specs/repairs.toml")
    assert findings == [
        told(0, "1 cell repaired (set): as printed", file=file),
        told(1, "1 cell repaired (scale): halved", file=file),
    ]
    row = frame.iloc[0]
    assert (row["value"], row["before"], row["text"]) == (2.0, 1.5, "1.5")
    assert row["repair"] == "set: as printed (yearbook 2013); scale: halved"
    assert frame["repair"].tolist()[1:] == ["", ""]


def test_a_value_for_a_cell_that_the_file_lacks(ingested, tmp_path):
    frame, (finding,) = repaired(
        ingested, {"action": "set", "value": 4.0, "provinces": ["Hebei"], "years": [2011]}
    )
    row = frame[frame["province"] == 130000].iloc[0]
    assert row.drop(["before"]).tolist() == [
        130000,
        2011,
        "gdp",
        4.0,
        "",
        "repairs.toml",
        "",
        "",
        "",
        "set: as printed",
    ]
    assert finding.found == "1 cell repaired (set): as printed"


def test_repairs_of_every_province_take_the_nation_along(ingested):
    rows = [*TWO, ["全国", 100, 101]]
    frame, (finding,) = repaired(ingested, {"action": "scale", "factor": 2.0}, rows=rows)
    assert cells(frame) == {
        (0, 2011): 200.0,
        (0, 2012): 202.0,
        (110000, 2011): 3.0,
        (110000, 2012): 5.0,
        (120000, 2011): 7.0,
    }
    assert finding.found == "5 cells repaired (scale): as printed"
    some = {"action": "scale", "factor": 2.0, "provinces": ["Beijing", "Tianjin"]}
    frame, _ = repaired(ingested, some, rows=rows)
    assert cells(frame)[0, 2011] == 100.0
    frame, _ = repaired(ingested, {"action": "drop"}, rows=rows)
    assert cells(frame) == {}


def test_a_shift_leaves_the_end_empty_and_says_so(ingested):
    frame, (finding,) = repaired(ingested, {"action": "shift", "by": 1, "provinces": ["Beijing"]})
    assert cells(frame) == {(110000, 2012): 1.5, (110000, 2013): 2.5, (120000, 2011): 3.5}
    assert finding.found == (
        "3 cells repaired (shift): as printed; 1 are empty now, "
        "as nothing stood where their value should come from"
    )
    # The rows of what never was are not made up.
    assert set(frame[frame["province"] == 110000]["year"]) == {2011, 2012, 2013}


def test_dropped_cells_are_not_called_lost(ingested):
    _, (finding,) = repaired(ingested, {"action": "drop", "years": [2012]})
    assert finding.found == "1 cell repaired (drop): as printed"


def test_an_exchange_with_a_cell_that_is_empty(ingested):
    frame, (finding,) = repaired(
        ingested, {"action": "exchange", "provinces": ["Beijing", "Tianjin"], "years": [2012]}
    )
    assert cells(frame) == {(110000, 2011): 1.5, (120000, 2011): 3.5, (120000, 2012): 2.5}
    assert finding.found == (
        "2 cells repaired (exchange): as printed; 1 are empty now, "
        "as nothing stood where their value should come from"
    )


@pytest.mark.parametrize(
    ("repair", "said", "expected", "remedy"),
    [
        (
            {"action": "drop", "provinces": ["Hebei"]},
            "no such cell in the source files",
            "a cell to repair",
            "correct province, year or variable, or remove the repair",
        ),
        (
            {"action": "set", "value": 1.0, "found": 2.0, "provinces": ["Hebei"], "years": [2011]},
            "no such cell in the source files",
            "a cell to repair",
            "correct province, year or variable, or remove the repair",
        ),
        (
            {"action": "scale", "factor": 2.0, "found": 1.6},
            "the cell holds 1.5, 3.5, 2.5",
            "1.6, as `found` says",
            "the file was corrected: remove the repair",
        ),
        (
            {"action": "confirm", "found": 1.500004, "years": [2011], "provinces": ["Beijing"]},
            "the cell holds 1.5",
            "1.5, as `found` says",
            "the file was corrected: remove the repair",
        ),
    ],
)
def test_repairs_that_no_longer_fit(ingested, tmp_path, repair, said, expected, remedy):
    frame, findings = repaired(ingested, repair)
    assert findings == [
        told(
            0,
            said,
            "repair-stale",
            "error",
            expected=expected,
            remedy=remedy,
            file=str(tmp_path / "specs/repairs.toml"),
        )
    ]
    assert cells(frame) == {(110000, 2011): 1.5, (110000, 2012): 2.5, (120000, 2011): 3.5}


def test_what_a_repair_finds_may_differ_by_a_millionth(ingested):
    exact = {"action": "scale", "factor": 2.0, "years": [2011], "provinces": ["Beijing"]}
    frame, _ = repaired(ingested, exact | {"found": 1.5000001})
    assert cells(frame)[110000, 2011] == 3.0
