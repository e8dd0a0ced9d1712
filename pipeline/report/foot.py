"""The foot of a table of models: controls and effects, observations, units, fit."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.report.numbers import percent
from pipeline.report.say import Say
from pipeline.report.table import Cell, Count, Number, Row, Words, cells_of
from pipeline.results.rows import Fit, Leverage, Rows
from pipeline.study.model import Model

# Decimals of a share in words.
_SHARE = 0


class Estimated(Protocol):
    """A model with its rows."""

    @property
    def model(self) -> Model: ...

    @property
    def rows(self) -> Rows: ...


def foot(columns: Sequence[Estimated], say: Say) -> list[Row]:
    """Controls, effects, observations, provinces, and R² and the outcome's mean where columns have
    them.

    Rows empty in every column are left out.
    """
    models = [c.model for c in columns]
    rows = [
        _row("controls", say, [_yes(say, bool(m.controls)) for m in models]),
        _row("province_effects", say, [_yes(say, "province" in m.effects) for m in models]),
        _row("year_effects", say, [_yes(say, "year" in m.effects) for m in models]),
        _row("observations", say, [Count(c.rows.observations) for c in columns]),
        _row("provinces", say, [Count(c.rows.units) for c in columns]),
    ]
    rows += _carried([getattr(c, "leverage", None) for c in columns], say)
    fits = [f for c in columns if isinstance(f := getattr(c, "fit", None), Fit)]
    if len(fits) == len(columns):
        rows += _fit(fits, say)
    first = rows[0]
    return [Row(first.key, first.label, first.cells, rule_above=True), *rows[1:]]


def _carried(found: Sequence[Leverage | None], say: Say) -> list[Row]:
    """Who carries the treatment of each column, and what that leaves of the number of clusters."""
    if not any(found):
        return []

    def largest(of: Leverage) -> Cell:
        unit, share = say.province(of.unit), percent(of.share, _SHARE)
        return Words(say("largest_share_of", unit=unit, share=share))

    return [
        _row("largest_share", say, cells_of(found, largest)),
        _row("effective_clusters", say, cells_of(found, lambda of: Number(of.effective, 1))),
        _row("bell_mccaffrey", say, cells_of(found, lambda of: Number(of.df, 1))),
    ]


def _fit(fits: Sequence[Fit], say: Say) -> list[Row]:
    shown: dict[str, list[float | None]] = {
        "r2_within": [f.r2_within for f in fits],
        "r2": [f.r2 for f in fits],
        "outcome_mean": [f.outcome_mean for f in fits],
    }
    return [
        _row(key, say, [Number(v) for v in values])
        for key, values in shown.items()
        if any(v is not None for v in values)
    ]


def _row(key: str, say: Say, cells: Sequence[Cell]) -> Row:
    return Row(key, say(key), tuple(cells))


def _yes(say: Say, on: bool) -> Cell:
    return Words(say("yes" if on else "no"))
