"""Findings as text, as a page, as csv and as JSON that comes back the same."""

import json

from pipeline.panel.finding import (
    RANK,
    Finding,
    Rejected,
    Where,
    finding_from_dict,
    findings_csv,
    findings_from_json,
    findings_to_json,
)

EVERYWHERE = Where("a.xlsx", "人口", "B3", "k", 7, "Hebei", 2011, "pop")
FOUND = Finding("range", "warning", EVERYWHERE, "-3", "above 0", "look")
BARE = Finding("x", "error", Where(), "f", "e", "r")
NOTE = Finding("y", "note", Where(file="b.csv"), "g", "h", "i")


def test_places_are_told_with_what_applies():
    assert str(EVERYWHERE) == "Hebei 2011 pop; a.xlsx:7, sheet 人口, cell B3, key k"
    assert str(Where()) == ""
    assert str(Where(file="a.csv", sheet="a.csv", cell="C1")) == "a.csv, cell C1"
    assert str(Where(year=2011)) == "2011"
    assert str(Where(file="a.toml", line=0, variable="v")) == "v; a.toml:0"
    assert str(Where(key="k")) == "key k"


def test_a_finding_is_four_lines():
    assert str(FOUND) == (
        "warning [range] Hebei 2011 pop; a.xlsx:7, sheet 人口, cell B3, key k\n"
        "    found:    -3\n    expected: above 0\n    to do:    look"
    )


def test_a_finding_as_a_row_and_back():
    assert list(FOUND.as_dict().items()) == [
        ("code", "range"),
        ("severity", "warning"),
        ("file", "a.xlsx"),
        ("sheet", "人口"),
        ("cell", "B3"),
        ("key", "k"),
        ("line", 7),
        ("province", "Hebei"),
        ("year", 2011),
        ("variable", "pop"),
        ("found", "-3"),
        ("expected", "above 0"),
        ("remedy", "look"),
    ]
    assert finding_from_dict(FOUND.as_dict()) == FOUND


def test_json_comes_back():
    text = findings_to_json(iter([FOUND, BARE]))
    assert findings_from_json(text) == [FOUND, BARE]
    assert text.endswith("]\n") and "人口" in text and json.loads(text)[1]["file"] is None


def test_a_csv_table_of_findings():
    head, first, second, end = findings_csv([FOUND, NOTE]).split("\n")
    assert head == (
        "\ufeffcode,severity,file,sheet,cell,key,line,province,year,variable,found,expected,remedy"
    )
    assert first == "range,warning,a.xlsx,人口,B3,k,7,Hebei,2011,pop,-3,above 0,look"
    assert second == "y,note,b.csv,,,,,,,,g,h,i" and end == ""


def test_a_rejection_tells_all_and_counts_them():
    assert str(Rejected([BARE])) == f"{BARE}\n1 problem found."
    assert str(Rejected([BARE, FOUND])) == f"{BARE}\n{FOUND}\n2 problems found."
    assert str(Rejected()) == "0 problems found."


def test_errors_come_first():
    assert sorted(["note", "error", "warning"], key=RANK.__getitem__) == [
        "error",
        "warning",
        "note",
    ]
