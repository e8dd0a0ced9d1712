"""The foot of a table of models: controls and effects, observations, units, fit."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.report.say import Say
from pipeline.report.table import Cell, Count, Number, Row, Words
from pipeline.results.rows import Fit, Rows
from pipeline.study.model import Model


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
    fits = [f for c in columns if isinstance(f := getattr(c, "fit", None), Fit)]
    if len(fits) == len(columns):
        rows += _fit(fits, say)
    first = rows[0]
    return [Row(first.key, first.label, first.cells, rule_above=True), *rows[1:]]


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
