"""What varies the effect: along a lever, and the twelve levers side by side."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.panel.result import Column, Result
from pipeline.report.figures.style import ACCENT, INK, MUTED, WARM, set_key, wrapped
from pipeline.report.numbers import decimal, p_value
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import LeversFigure, MarginalFigure

_ACROSS = 3


def draw_marginal(
    study: Study, spec: MarginalFigure, results: dict[str, Result], language: str
) -> Figure:
    """One panel a lever: the effect with its clustered band (shaded) and bootstrap band (dashed), the lever's histogram."""
    columns = results["self"].columns
    down = -(-len(columns) // _ACROSS)
    across = min(_ACROSS, len(columns))
    figure, all_axes = plt.subplots(
        down,
        across,
        figsize=(2.35 * across, 2.15 * down),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axes in all_axes.ravel()[len(columns) :]:
        axes.axis("off")
    for axes, column in zip(all_axes.ravel(), columns, strict=False):
        _marginal(axes, column)
        lever = study.levers.get(column.key)
        axes.set_title(wrapped(study.label(column.key, language)), fontsize=8)
        axes.set_xlabel(
            wrapped(study.label(lever.variable, language) if lever and lever.variable else ""),
            fontsize=7,
        )
        axes.tick_params(labelsize=7)
    for axes in all_axes[:, 0]:
        axes.set_ylabel(word("marginal_axis", language), fontsize=7.5)
    set_key(
        figure, word("marginal_key", language).format(level=f"{study.spec.bootstrap.level:.0%}")
    )
    return figure


def _marginal(axes: Axes, column: Column) -> None:
    curve = [t for t in column.terms if t.name.startswith("curve/")]
    boot = [t for t in column.terms if t.name.startswith("boot/")]
    bins = [t for t in column.terms if t.name.startswith("bin/")]
    x = np.array([float(t.name.split("/")[1]) for t in curve])
    low, high = (np.array([getattr(t, k) for t in curve], float) for k in ("low", "high"))
    axes.fill_between(x, low, high, color=ACCENT, alpha=0.2, lw=0)
    axes.plot(x, np.array([t.estimate for t in curve], float), color=ACCENT, lw=1.4)
    for bound in ("low", "high"):
        axes.plot(
            x, np.array([getattr(t, bound) for t in boot], float), color=ACCENT, lw=0.8, ls="--"
        )
    axes.axhline(0, color=MUTED, lw=0.7)
    edges = np.array([float(t.name.split("/")[1]) for t in bins])
    below = axes.twinx()
    below.bar(
        edges,
        np.array([t.estimate for t in bins], float),
        width=float(edges[1] - edges[0]) * 0.92,
        align="edge",
        color=MUTED,
        alpha=0.35,
        lw=0,
    )
    below.set_ylim(0, 4 * max(float(t.estimate or 0) for t in bins))
    below.axis("off")
    axes.set_zorder(below.get_zorder() + 1)
    axes.patch.set_visible(False)


def draw_levers(
    study: Study, spec: LeversFigure, results: dict[str, Result], language: str
) -> Figure:
    """One row a lever: estimate and interval, verdict with adjusted p at the right, the truth as a diamond where known."""
    columns = results[f"tables/{spec.table}"].columns
    figure, axes = plt.subplots(figsize=(7.2, 0.3 * (len(columns) + 2) + 0.7), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12)  # type: ignore[union-attr, call-arg]  # the text at the right is not cut
    ticks, labels, headings = [], [], []
    y = 0.0
    for group in ("c", "p"):
        ticks.append(y)
        labels.append(word("challenges" if group == "c" else "paths", language))
        headings.append(len(ticks) - 1)
        y -= 1
        for column in (c for c in columns if c.key.startswith(group)):
            _row(axes, column, y, language)
            ticks.append(y)
            labels.append(study.label(column.key, language))
            y -= 1
        y -= 0.2
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yticks(ticks, labels, fontsize=8)
    for i in headings:
        axes.get_yticklabels()[i].set(color=MUTED, style="italic")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(y + 0.6, 0.6)
    axes.xaxis.set_major_locator(plt.MaxNLocator(5))
    axes.set_xlabel(word("lever_axis", language).format(level=f"{study.spec.bootstrap.level:.0%}"))
    axes.text(
        1.01,
        0.0,
        word("forest_key", language),
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=7.2,
        color=MUTED,
    )
    if any(t.name == "truth" for c in columns for t in c.terms):
        axes.plot(
            [], [], "D", mfc="white", mec=WARM, ms=4.5, ls="none", label=word("truth", language)
        )
        axes.legend(loc="lower right", fontsize=7.5)
    return figure


def _row(axes: Axes, column: Column, y: float, language: str) -> None:
    verdict = str(column.statistics["verdict"])
    text = word(verdict, language)
    if column.terms:
        t = column.term("interaction")
        colour = MUTED if verdict == "none" else ACCENT if (t.estimate or 0) > 0 else WARM
        ends = [
            b if b is not None else side * 1e3 for b, side in ((t.low, -1), (t.high, 1))
        ]  # an open bound runs out of the figure
        axes.plot(
            ends,
            [y, y],
            color=colour,
            lw=1.6,
            solid_capstyle="butt",
            scalex=all(abs(b) < 1e3 for b in ends),
        )
        axes.plot(float(t.estimate or 0), y, "o", color=colour, ms=4.5)
        for term in column.terms:
            if term.name == "truth":
                axes.plot(float(term.estimate or 0), y, "D", mfc="white", mec=WARM, ms=4.5)
        p = p_value(column.term("adjusted_p").estimate)
        least = column.term("detectable").estimate
        text += (
            f"{word('semicolon', language)}p {p}"
            if p.startswith("<")
            else f"{word('semicolon', language)}p = {p}"
        )
        if verdict == "none" and least is not None:
            text += f"  (> {decimal(least, 3)})"
    axes.text(
        1.01, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=7.2, color=INK
    )
