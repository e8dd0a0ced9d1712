"""The table of spurious coefficients: one column a number of shared indicators."""

from pipeline.methods.laboratory.spurious.result import Case, Result
from pipeline.methods.laboratory.spurious.spec import SpuriousTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import BLANK, Cell, Heading, Number, Percent, Range, Row, Table, numbered
from pipeline.results.estimate import SIZE


def table(result: Result, spec: SpuriousTable, say: Say) -> Table:
    """Mean, spread and range of the coefficient, and how often tests reject."""
    cases = result.cases
    heads = tuple(Heading(say(f"shares_{c.sharing}", number=c.shared)) for c in cases)
    rows = tuple(
        Row(key, _label(key, say), tuple(_cell(case, key) for case in cases))
        for key in ("mean", "sd", "range", "rejects")
    )
    told = [_note(result, say), _choice(result, say), *notes.data(say, result.data)]
    return Table("", (numbered(len(cases)), heads), (*rows, *_sizes(result, say)), tuple(told))


def _sizes(result: Result, say: Say) -> list[Row]:
    """The size of each test, where nothing is shared; that of clustered errors stands above."""
    blank = (BLANK,) * (len(result.cases) - 1)
    return [
        Row(f"size/{test}", say("by_test", test=say(f"test_{test}")), (Percent(size), *blank))
        for test, size in result.sizes.items()
    ]


def _choice(result: Result, say: Say) -> str:
    """Which test this panel asks for, and whether the study has chosen it."""
    chosen, own = result.chosen, say.study.spec.inference.decides
    drawn = say("each_draws", draws=result.each)
    if chosen is None:
        return say.sentences([drawn, say("no_test_keeps_its_size")])
    key = "chosen_is_own" if chosen == own else "chosen_is_other"
    told = say(key, chosen=say(f"test_{chosen}"), own=say(f"test_{own}"))
    return say.sentences([drawn, told])


def _label(key: str, say: Say) -> str:
    return say(key, size=say.level(SIZE), level=say.level(1 - SIZE))


def _cell(case: Case, key: str) -> Cell:
    if key == "range":
        return Range(case.range.low, case.range.high)
    if key == "rejects":
        return Percent(case.rejects)
    return Number(case.mean if key == "mean" else case.sd)


def _note(result: Result, say: Say) -> str:
    more = any(case.sharing == "more" for case in result.cases)
    null = say(
        "null_panels",
        draws=result.draws.asked,
        units=result.units,
        years=result.years,
        seed=result.draws.seed,
        size=say.level(SIZE),
    )
    return say.sentences([null, say("more") if more else ""])
