"""A journal's style and what a study or a table wants otherwise: digits, stars, rows, notes."""

from dataclasses import replace

import pytest

from pipeline.panel.finding import Rejected
from pipeline.report.compose import compose
from pipeline.report.journals import PRESETS, journals, merged, printing, read_journal
from pipeline.report.numbers import span
from pipeline.report.page import Printed
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    About,
    Coefficient,
    Count,
    Heading,
    Number,
    Panel,
    Percent,
    PValue,
    Range,
    Row,
    Standing,
    Summary,
    Table,
    Words,
)
from pipeline.results.estimate import Estimate, Interval
from pipeline.study.closed import Text
from pipeline.study.specs import TableSpec
from pipeline.study.style import Span, Style

SURE = Estimate(0.5, 0.1, 5.0, 0.0004, Interval(0.3, 0.7), few=0.03, test="wcr11")
WEAK = Estimate(-0.25, 0.125, None, 0.08)
TABLE = Table(
    "Stub",
    ((Heading("(1)"), Heading("(2)")),),
    (
        Row("x", "X", (Coefficient(SURE), Coefficient(WEAK))),
        Row("x/p", "", (PValue(0.03, brackets=True), BLANK)),
        Row("z", "Z", (Coefficient(WEAK, digits=3, alone=True), BLANK)),
        Row("n", "N", (Count(1234), Count(99)), rule_above=True),
        Row("r2", "R2", (Number(0.5), Number(0.0))),
        Panel("Part", rule_above=True),
        Row("w", "W", (Words("yes"), Range(0.1, None, open=True))),
    ),
    ("First.", Standing.BELOW, Standing.STARS, "Last."),
)


def spec(**style):
    remark = Text(en="Remark.", zh="备注。")
    title = Text(en="Title", zh="标题")
    return TableSpec(kind="x", title=title, remark=remark, style=Style(**style))


@pytest.fixture
def page(demo):
    """Function from wishes of a table to its page."""

    def made(language="en", table=TABLE, **style):
        wanted, say = spec(**style), Say(demo, language, {})
        look = printing(demo, wanted.style, language)
        return compose(table, look, say, name="tables/02_x", number="2", spec=wanted)

    return made


def cells(page):
    return [[line.label, *map(str, line.cells)] for line in page.lines]


def test_default_style(page):
    assert cells(page()) == [
        ["X", "0.5000**", "-0.2500*"],
        ["", "(0.1000)", "(0.1250)"],
        ["", "[0.030]", ""],
        ["Z", "-0.250*", ""],
        ["N", "1,234", "99"],
        ["R2", "0.500", "0"],
        ["Part"],
        ["W", "yes", "[0.100, ∞]"],
    ]
    kinds = ["values", "error", "values", "values", "values", "values", "panel", "values"]
    assert [line.kind for line in page().lines] == kinds
    assert [line.rule_above for line in page().lines] == [i in (4, 6) for i in range(8)]
    assert page().lines[0].cells[0] == Printed("0.5000", "**", 0.5)
    assert page().lines[1].cells[0].value == 0.1


def test_captions_and_defaults_of_languages(page):
    assert page().caption == "Table 2. Title" and page("zh").caption == "表2 标题"
    assert page().journal.label.en == "English journal"
    assert page("zh").journal.fonts.east_asian[0] == "SimSun"
    assert page("zh").journal.fonts.latin[0] == "Times New Roman"
    paper = page("zh").journal.paper
    assert (paper.width, paper.height) == (21.0, 29.7)


def test_notes_name_the_tests_that_judge(page):
    stars = "*** p < 0.01, ** p < 0.05, * p < 0.10, by the wild cluster bootstrap (WCR11) where "
    told = ("Remark.", "First.", "Standard errors in parentheses.", stars + "computed, else by ")
    assert page().notes == (*told[:3], told[3] + "t-tests.", "Last.")
    only = replace(TABLE, rows=TABLE.rows[2:])
    assert page(table=only).notes[2] == "*** p < 0.01, ** p < 0.05, * p < 0.10, by t-tests."
    none = replace(TABLE, rows=TABLE.rows[3:])
    assert page(table=none).notes == ("Remark.", "First.", "Last.")
    assert page("zh").note.startswith("注：备注。First.括号内为标准误。")


def test_no_stars(page):
    bare = page(journal="aer")
    assert not any(c.stars for line in bare.lines for c in line.cells)
    assert not any("*" in note for note in bare.notes)
    assert cells(bare)[0] == ["X", "0.500", "-0.250"]
    assert cells(page(stars=[]))[0] == ["X", "0.5000", "-0.2500"]
    one = page(stars=[0.05])
    assert cells(one)[0] == ["X", "0.5000*", "-0.2500"] and "* p < 0.05, by" in one.notes[3]
    assert "* p < 0.001" in page(stars=[0.05, 0.001]).notes[3]


def test_levels_of_stars_may_stand_in_any_order(page):
    sorted_levels = page(stars=[0.1, 0.05, 0.001])
    assert "*** p < 0.001, ** p < 0.05, * p < 0.10" in sorted_levels.notes[3]
    for levels in ([0.001, 0.05, 0.1], [0.05, 0.1, 0.001, 0.05]):
        assert page(stars=levels) == sorted_levels


@pytest.mark.parametrize(
    ("below", "printed", "note"),
    [
        ("t", ["5.00", "-2.00"], "t statistics in parentheses, from the standard errors."),
        ("p", ["0.030", "0.080"], "p-values in parentheses, by the wild cluster bootstrap"),
        (
            "interval",
            ["[0.3000, 0.7000]", ""],
            "95% intervals in brackets, those of coefficients from their standard errors.",
        ),
    ],
)
def test_what_stands_below(page, below, printed, note):
    made = page(below=below)
    expected = printed if below == "interval" else [f"({p})" if p else "" for p in printed]
    assert cells(made)[1] == ["", *expected] and made.lines[1].kind == below
    assert made.notes[2].startswith(note)


def test_nothing_below(page):
    made = page(below="none")
    assert [c[0] for c in cells(made)][:3] == ["X", "", "Z"]
    assert not any("parentheses" in n for n in made.notes)


def test_rows_are_kept_dropped_ordered_renamed(page):
    assert [c[0] for c in cells(page(keep=["x", "n"]))] == ["X", "", "", "N"]
    assert [c[0] for c in cells(page(drop=["x", "w"]))] == ["Z", "N", "R2"]
    assert [c[0] for c in cells(page(order=["z", "r2"]))][:6] == ["Z", "X", "", "", "R2", "N"]
    moved = page(order=["r2"]).lines
    assert [line.label for line in moved if line.rule_above] == ["R2", "Part"]
    renamed = page(rename={"n": Text(en="Obs.", zh="样本")})
    assert cells(renamed)[4][0] == "Obs."


def test_unknown_rows_are_refused(page, demo):
    with pytest.raises(Rejected) as refused:
        page(drop=["nonsense"])
    assert refused.value.findings[0].code == "unknown-row"


def test_own_notes_and_spanning_headings(page):
    span = Span(label=Text(en="Both", zh="两列"), columns=[1, 2])
    made = page(notes=[Text(en="Own.", zh="自注。")], spans=[span])
    assert made.notes[-1] == "Own." and made.headings[0] == (Heading("Both", 2),)
    one = Span(label=Text(en="One", zh="一"), columns=[2, 2])
    assert page(spans=[one]).headings[0] == (Heading(""), Heading("One"))
    with pytest.raises(Rejected) as refused:
        page(spans=[span, one])
    assert refused.value.findings[0].code == "impossible-span"


def test_digits(page):
    assert cells(page(digits=2))[:2] == [
        ["X", "0.50**", "-0.25*"],
        ["", "(0.10)", "(0.12)"],
    ]


def test_digits_of_coefficients_are_those_of_all_that_is_on_their_scale(page):
    row = (Number(0.12345, "coefficients"), Range(0.1, 0.2, "coefficients"), Number(1.2345, "t"))
    table = Table("", (tuple(Heading("") for _ in row),), (Row("a", "A", row),))
    for digits, texts in ((None, ["0.1235", "[0.1000, 0.2000]"]), (2, ["0.12", "[0.10, 0.20]"])):
        printed = page(table=table, digits=digits).lines[0].cells
        assert [c.text for c in printed] == [*texts, "1.23"]


def test_every_other_cell(page):
    row = (
        Summary(1234.56),
        Percent(0.1234),
        Percent(-0.0001, sign=False),
        Range(0.1, 0.2, percent=True),
        Range(None, None),
        Number(0.00001),
        Number(0.25, 2, brackets=True),
        PValue(0.0001),
    )
    table = Table("", (tuple(Heading("") for _ in row),), (Row("a", "A", row),))
    printed = page(table=table).lines[0].cells
    texts = ["1234.6", "12.3%", "0.0", "[10.0%, 20.0%]", "", "1.0e-05", "(0.25)", "< 0.001"]
    assert [c.text for c in printed] == texts
    assert [c.value for c in printed][:4] == [1234.56, 0.1234, -0.01, None]


def test_a_table_overrides_its_study():
    study = Style(journal="aer", digits=2, drop=["n"])
    both = merged(study, Style(digits=5, drop=[]))
    assert (both.journal, both.digits, both.drop) == ("aer", 5, [])


def test_journals_of_a_study(demo, tmp_path):
    shadowed = replace(demo, paths=replace(demo.paths, specs=tmp_path))
    folder = tmp_path / "journals"
    folder.mkdir()
    text = (PRESETS / "generic.toml").read_text(encoding="utf-8")
    (folder / "mine.toml").write_text(text.replace("coefficients = 4", "coefficients = 2"))
    assert read_journal(shadowed, "mine").digits.coefficients == 2
    assert journals(shadowed) == ["aer", "generic", "mine", "three_line"]
    (folder / "mine.toml").write_text(text.replace("raised", "risen"))
    with pytest.raises(Rejected):
        read_journal(shadowed, "mine")
    with pytest.raises(Rejected) as refused:
        read_journal(shadowed, "nobody")
    assert refused.value.findings[0].code == "unknown-journal"


@pytest.mark.parametrize("name", ["three_line", "aer", "generic"])
def test_presets_are_sound(demo, name):
    journal = read_journal(demo, name)
    assert journal.sizes.smallest <= journal.sizes.cells
    assert journal.stars == sorted(journal.stars, reverse=True)


def test_notes_speak_of_printed_rows_and_computed_tests_alone(page):
    assert page(drop=["x"]).notes[2] == "*** p < 0.01, ** p < 0.05, * p < 0.10, by t-tests."
    asked = replace(SURE, few=None)
    table = replace(TABLE, rows=(Row("x", "X", (Coefficient(asked), BLANK)),))
    assert page(table=table).notes[3] == "*** p < 0.01, ** p < 0.05, * p < 0.10, by t-tests."


def test_a_blank_stands_after_what_opens_the_notes(page):
    assert page(journal="aer").note.startswith("Notes: Remark. First.")
    assert page("zh", journal="three_line").note.startswith("注：备注。")


def test_a_note_about_rows_that_are_dropped_is_dropped(page):
    table = replace(TABLE, notes=(About(("r2", "x"), "Of R2."), "Last."))
    assert page(table=table, drop=["x"]).notes == ("Remark.", "Of R2.", "Last.")
    assert page(table=table, drop=["r2", "x"]).notes == ("Remark.", "Last.")


def test_a_note_about_errors_stands_where_errors_do(page):
    table = replace(TABLE, notes=(About(("x",), "Of errors.", ("error", "t")),))
    for below, said in (("error", True), ("t", True), ("p", False), ("none", False)):
        assert ("Of errors." in page(table=table, below=below).notes) is said, below


@pytest.mark.parametrize(
    ("level", "shown"), [(0.95, "95%"), (0.975, "97.5%"), (0.995, "99.5%"), (0.07, "7%")]
)
def test_levels_have_the_decimals_that_they_have(demo, level, shown):
    assert Say(demo, "en", {}).level(level) == shown


def test_counts_as_one_or_as_a_span():
    assert span([31, 31]) == "31" and span([99_999, 512]) == "512–99,999"
