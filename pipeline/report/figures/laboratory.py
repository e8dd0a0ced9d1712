"""How far rankings and the headline coefficient move across weightings."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from pipeline.panel.result import Result
from pipeline.report.figures.style import ACCENT, MUTED, WARM, wrapped
from pipeline.report.layout.laboratory import variant_name
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Alternatives, AlternativesFigure


def draw_alternatives(
    study: Study, spec: AlternativesFigure, results: dict[str, Result], language: str
) -> Figure:
    """Left: the standardised coefficient under each alternative; right: places that each province gains or loses by it.

    A dot is one or more provinces, its size their number; the line is the range.
    """
    table: Alternatives = study.tables[f"tables/{spec.table}"]
    columns = results[f"tables/{spec.table}"].columns
    names = [wrapped(variant_name(study, table.index, c, language), 22) for c in columns]
    lines = max(name.count("\n") + 1 for name in names)
    at = -np.arange(len(columns))
    height = (0.18 + 0.09 * lines) * len(columns) + 1.0
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7.2, height), sharey=True, layout="constrained"
    )
    figure.get_layout_engine().set(w_pad=0.12)  # type: ignore[union-attr, call-arg]  # long names are not cut
    for y, column in zip(at, columns, strict=True):
        for t in column.terms:
            if t.name == "standardised":
                left.plot(
                    np.array([t.low, t.high], float),
                    [y, y],
                    color=ACCENT,
                    lw=1.6,
                    solid_capstyle="butt",
                )
                left.plot(float(t.estimate or 0), y, "o", color=ACCENT, ms=4.5)
        moves, number = np.unique(
            [float(t.estimate or 0) for t in column.terms if t.role == "move"], return_counts=True
        )
        right.plot([moves.min(), moves.max()], [y, y], color=MUTED, lw=0.8)
        right.scatter(moves, np.full(len(moves), y), s=6 + 5 * number, color=WARM, alpha=0.7, lw=0)
    for axes in (left, right):
        axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
        axes.tick_params(axis="y", length=0)
    right.xaxis.set_major_locator(plt.MaxNLocator(6, integer=True))
    left.set_yticks(at, names, fontsize=7.5)
    left.set_xlabel(word("curve_axis", language), fontsize=8)
    right.set_xlabel(word("places_axis", language).format(year=study.years[-1]), fontsize=8)
    return figure
