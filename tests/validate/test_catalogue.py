"""Breaks that the catalogue knows, and cells that somebody confirmed: whole findings."""

import pytest

from pipeline.forensics.suspicion import Suspicion
from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Derived, Repair, Roles, Text
from pipeline.validate.breaks import check_breaks
from pipeline.validate.confirm import confirmed, confirmed_apart
from tests.validate.small import study, variable


def real(*variables, **keys):
    """A study of 2011 to 2014 in which the variables are derived from."""
    names = " + ".join(v.variable for v in variables)
    derived = {"b": Derived(label=Text(en="B", zh="B"), formula=keys.pop("formula", names))}
    return study(*variables, derived=derived, **keys)


def test_a_definition_that_changes_inside_the_years():
    (finding,) = check_breaks(real(variable("income_rural")))
    assert (finding.code, finding.severity) == ("definition-break", "warning")
    assert finding.where == Where("book.xlsx", variable="income_rural", year=2013)
    assert finding.found.startswith("From 2013 the integrated urban-rural household survey")
    assert finding.expected == "one definition throughout"
    assert finding.remedy.endswith(" Or splice(income_rural, 2013) in variables.toml")
    assert list(check_breaks(real(variable("income_rural"), synthetic=True))) == []
    spliced = real(variable("income_rural"), formula="log(splice(income_rural, 2013))")
    assert list(check_breaks(spliced)) == []
    other = real(variable("income_rural"), formula="log(splice(income_rural, 2012))")
    assert len(list(check_breaks(other))) == 1
    for role in ("mediators", "controls", "outcome", "treatment"):
        named = "income_rural" if role in ("outcome", "treatment") else ["income_rural"]
        roles = Roles(**({"outcome": "a", "treatment": "b"} | {role: named}))
        part = study(variable("income_rural"), roles=roles)
        assert len(list(check_breaks(part))) == 1
    unused = study(variable("income_rural"))
    assert list(check_breaks(unused)) == []


@pytest.mark.parametrize(
    ("years", "told"),
    [([2012, 2013], [2013]), ([2013, 2015], []), ([2010, 2012], [])],
)
def test_a_break_in_the_first_year_divides_nothing(years, told):
    one = real(variable("income_rural"), years=years, base_year=years[0])
    assert [f.where.year for f in check_breaks(one)] == told


def test_revisions_are_notes_until_the_vintage_is_said():
    (revised,) = check_breaks(real(variable("gdp")))
    assert (revised.code, revised.severity, revised.where.year) == ("revised-series", "note", 2013)
    assert revised.expected == "all years from one vintage"
    assert revised.remedy.endswith(
        " Say which vintage it is in the column `vintage` of codebook.csv"
    )
    assert revised.remedy.startswith("Take every year from one late vintage")
    assert "recalled" not in revised.found
    assert list(check_breaks(real(variable("gdp", vintage="4th census")))) == []
    (recalled,) = check_breaks(real(variable("pop"), years=[2009, 2011], base_year=2009))
    assert recalled.found.endswith(
        " (this entry of the catalogue is recalled, its source still to be confirmed)"
    )


@pytest.mark.parametrize(
    ("years", "province"), [([1996, 1997], "Sichuan"), ([1987, 1996], "Guangdong")]
)
def test_provinces_that_were_cut(years, province):
    one = study(variable("a"), years=years, base_year=years[0])
    (cut,) = check_breaks(one)
    assert (cut.code, cut.severity, cut.expected) == (
        "boundary-change",
        "warning",
        "one territory throughout",
    )
    assert cut.where == Where(province=province, year={"Sichuan": 1997}.get(province, 1988))
    later = study(variable("a"), years=[1997, 2001], base_year=1997)
    assert list(check_breaks(later)) == []


def test_a_confirmed_cell_is_a_note_with_its_reason():
    def finding(code, province="Beijing", year=2012, name="a", severity="warning"):
        where = Where("f", province=province, year=year, variable=name)
        return Finding(code, severity, where, "found", "expected", "remedy")

    repair = {"action": "confirm", "variable": "a", "reason": "as printed"}
    here = Repair(**repair, provinces=["Beijing"], years=[2012])
    one = study(variable("a"), variable("b"), repairs=[here])
    findings = [
        finding("jump"),
        finding("level-outlier", province="Tianjin"),
        finding("zero-cell", year=2013),
        finding("rule-broken", name="b"),
        finding("out-of-range"),
        finding("zero-cell", severity="note"),
        finding("jump", province=None),
        finding("jump", year=None),
    ]
    told = list(confirmed(one, findings))
    assert told[0].severity == "note" and told[0].found == "found; confirmed: as printed"
    assert told[1:] == findings[1:]
    everywhere = study(variable("a"), repairs=[Repair(**repair)])
    assert [f.severity for f in confirmed(everywhere, findings)] == [
        *["note"] * 3,
        "warning",
        "warning",
        "note",
        "warning",
        "warning",
    ]
    other = study(variable("a"), repairs=[Repair(**(repair | {"action": "drop"}))])
    assert list(confirmed(other, findings)) == findings


def test_a_suspicion_about_many_cells_is_left_about_those_that_nobody_confirmed():
    repair = Repair(variable="a", action="confirm", reason="as printed", provinces=["Tianjin"])
    one = study(variable("a"), repairs=[repair])
    lines = Suspicion("line-run", "warning", ((0, 1), (1, 1)), "on a line", sizes=(0.1, 0.2))
    assert list(confirmed_apart(one, "a", lines)) == [
        Suspicion("line-run", "warning", ((0, 1),), "on a line", sizes=(0.1,)),
        Suspicion("line-run", "note", ((1, 1),), "on a line (confirmed: as printed)", sizes=(0.2,)),
    ]
    assert list(confirmed_apart(one, "b", lines)) == [lines]
    rows = Suspicion("rows-swapped", "error", ((0, 1), (1, 1)), "swapped")
    assert list(confirmed_apart(one, "a", rows)) == [
        Suspicion("rows-swapped", "note", ((1, 1),), "swapped (confirmed: as printed)")
    ]
