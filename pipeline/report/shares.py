"""The set of shares of the total that a x b may be, as a cell."""

from pipeline.report.numbers import percent
from pipeline.report.say import Say
from pipeline.report.table import BLANK, Cell, Range, Words
from pipeline.results.effects import Effects


def share_cell(effects: Effects, say: Say) -> Cell:
    """An interval in per cent; in words where the total may be zero, so that no interval covers."""
    found = effects.share_set
    if found is None:
        return BLANK
    if found.shape == "line":
        return Words(say("share_any"))
    if found.shape == "interval":
        return Range(found.low, found.high, open=True, percent=True)
    low, high = (percent(end) for end in (found.low, found.high))
    return Words(say("share_outside", low=low, high=high))
