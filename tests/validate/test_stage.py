"""What the stage writes, byte by byte: findings as page and csv, the picture in two languages.

REGENERATE=1 writes the kept texts anew; `git diff` then shows what is said otherwise.
"""

import pandas as pd
import pytest

from pipeline.panel.finding import Finding, Rejected, Where, findings_to_json
from pipeline.study.artifact import write_bytes, write_text
from pipeline.study.schema import Check, Fill, Repair
from pipeline.validate.page import validation_page
from pipeline.validate.run import read_grids, run
from tests.validate.small import HERE, check_kept, raw_panel, study, variable

KEPT = HERE / "kept"
NAN = float("nan")


def small(folder):
    """A study with a gap that is filled, one that is not, a repair, and a rule."""
    share = {"kind": "share", "unit": "share", "source_unit": "%", "source": "second"}
    return study(
        variable("a", maximum=200),
        variable("b", **share),
        variable("c", kind="signed", source="second"),
        folder=folder,
        unbalanced=True,
        fills=[Fill(variable="a", method="linear", reason="an empty <cell>")],
        repairs=[Repair(variable="a", action="confirm", reason="as printed", provinces=["Hebei"])],
        checks=[Check(rule="c <= a", severity="warning")],
    )


def panel(study):
    """Its raw panel: an error, warnings, a confirmed cell, gaps at the end and in the middle."""
    grids = {
        "a": [[10.0, NAN, 12.0, 300.0], [20.0, 21.0, 0.0, 23.0], [30.0, 0.0, 32.0, NAN]],
        "b": [[0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.4, 0.5], [0.3, 0.4, NAN, 0.6]],
        "c": [[1.0, 2.0, 13.0, 4.0], [2.0, 3.0, -4.0, 5.0], [3.0, -4.0, 5.0, 6.0]],
    }
    raw = raw_panel(study, grids, national={"a": [1.0, 2.0, 3.0, 4.0]})
    raw.loc[(raw["variable"] == "b") & (raw["year"] == 2012), "repair"] = "scale: a slip"
    raw.loc[raw["province"] == 0, "repair"] = "set: no picture has the nation"
    return raw


def read_before():
    """What ingest found."""
    whole = Where("two.csv", variable="b")
    last, before = (Where("two.csv", variable="b", year=year) for year in (2014, 2010))
    return [
        Finding("source-flag", "note", whole, "a note", "x", "y"),
        Finding("definition-break", "warning", whole, "all years", "x", "y"),
        Finding("no-place", "warning", last, "a & b", "x", "y"),
        Finding("outside", "error", before, "before", "x", "y"),
    ]


@pytest.fixture
def checked(tmp_path, capsys):
    """A function: run the stage on a raw panel and earlier findings; its paths, what it prints."""

    def check(one, raw, findings):
        write_bytes(one.paths.raw, raw.to_parquet(index=False))
        write_text(one.paths.raw_findings, findings_to_json(findings))
        try:
            run(one)
        finally:
            printed = capsys.readouterr().out.replace(str(tmp_path), ".")
            (tmp_path / "printed.txt").write_text(printed, encoding="utf-8")
        return printed

    return check


def test_a_panel_with_errors_is_refused_and_what_was_made_of_it_removed(checked, tmp_path):
    one = small(tmp_path)
    made = (one.paths.values, one.paths.panel, one.paths.panel_metadata)
    for path in made:
        write_text(path, "stale")
    with pytest.raises(Rejected) as refused:
        checked(one, panel(one), read_before())
    assert [f.code for f in refused.value.findings] == ["outside", "out-of-range"]
    assert not any(path.exists() for path in made)
    assert (tmp_path / "printed.txt").read_text(encoding="utf-8") == ""
    for file in ("findings.md", "findings.csv", "validation.html", "validation.zh.html"):
        check_kept(KEPT / file, (one.paths.build / file).read_bytes().decode())


def test_a_panel_without_errors_is_passed_on(checked, tmp_path):
    one = small(tmp_path)
    raw = panel(one)
    raw.loc[raw["value"] == 300.0, "value"] = 13.0
    printed = checked(one, raw, read_before()[:3])
    assert printed.splitlines()[:4] == [
        "validate: 40 cells, no error, 10 warnings and notes (./build/validation.html)",
        "  warning b; two.csv: all years",
        "  warning 2014 b; two.csv: a & b",
        "  warning Beijing 2012; book.xlsx: no data for 2012",
    ]
    assert len(printed.splitlines()) == 11
    values = pd.read_parquet(one.paths.values)
    assert list(values) == ["province", "year", "variable", "value"]
    known = raw[(raw["province"] != 0) & raw["value"].notna()]
    pd.testing.assert_frame_equal(values, known[list(values)].reset_index(drop=True))


def test_no_more_than_twenty_five_findings_are_printed(checked, tmp_path):
    one = study(variable("a"), folder=tmp_path)
    raw = raw_panel(one, {"a": [[1.0, 2.0, 3.0, 4.5], [1.0, 2.2, 3.1, 4.0], [1.1, 2.0, 3.0, 4.1]]})
    note = Finding("code", "note", Where("f"), "a note", "x", "y")
    for count, more in ((25, []), (26, ["  and 1 more"])):
        lines = checked(one, raw, [note] * count).splitlines()
        assert lines[1:] == ["  note f: a note"] * 25 + more


def test_nothing_that_could_be_read_says_only_why(checked, tmp_path):
    one = study(variable("a"), folder=tmp_path)
    why = Finding("file-missing", "error", Where("book.xlsx"), "no such file", "x", "y")
    with pytest.raises(Rejected) as refused:
        checked(one, raw_panel(one, {}), [why])
    assert refused.value.findings == [why]


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("file-damaged", Where("two.csv")),
        ("columns-missing", Where("two.csv")),
        ("heading-missing", Where("other", variable="b")),
    ],
)
def test_what_ingest_explained_is_not_said_again(checked, tmp_path, code, where):
    one = study(variable("a"), variable("b", source="second"), folder=tmp_path)
    raw = raw_panel(one, {"a": [[1.0, 2.0, 3.0, 4.5], [1.0, 2.2, 3.1, 4.0], [1.1, 2.0, 3.0, 4.1]]})
    checked(one, raw, [Finding(code, "note", where, "found", "x", "y")])
    with pytest.raises(Rejected) as refused:
        checked(one, raw, [Finding("source-flag", "note", where, "found", "x", "y")])
    assert [(f.code, f.where.variable) for f in refused.value.findings] == [("no-values", "b")]


def test_a_page_without_findings_and_of_real_data(tmp_path):
    one = study(variable("a"), synthetic=True)
    raw = raw_panel(one, {"a": [[1.0] * 4] * 3})
    grids, _ = read_grids(one, raw)
    html = validation_page(one, raw, grids, [], "en")
    assert "<p>The checks found nothing.</p>" in html and "<title>" not in html.split("</head>")[1]
    assert "Synthetic data, not real statistics." in html
    real = study(variable("a"))
    assert "Synthetic" not in validation_page(real, raw, grids, [], "en")
    many = [Finding(f"w{k}", "warning", Where(variable="a"), "x", "y", "z") for k in range(5)]
    shown = validation_page(one, raw, grids, many, "en")
    assert [f'class="whole">warning: w{k}<' in shown for k in range(5)] == [True] * 4 + [False]


def test_a_long_finding_is_cut_in_the_picture_not_in_the_table():
    one = study(variable("a"))
    raw = raw_panel(one, {"a": [[1.0] * 4] * 3})
    grids, _ = read_grids(one, raw)
    here = Where(province="Hebei", year=2013, variable="a")
    html = validation_page(
        one, raw, grids, [Finding("c", "error", here, "x" * 300, "y", "z")], "en"
    )
    assert f"<title>Hebei 2013: error (c: {'x' * 157})</title>" in html
    assert f"<td>{'x' * 300}</td>" in html
    assert 'class="error" x="22" y="16" width="11" height="8"' in html
