"""Curves: the specification curve, indirect effects along rho, likelihood ratios of thresholds, the quantile process."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from pipeline.panel.result import Result
from pipeline.report.figures.style import ACCENT, MUTED, WARM, set_key, wrapped
from pipeline.report.numbers import decimal, p_value, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import (
    LikelihoodRatioFigure,
    QuantileFigure,
    RhoFigure,
    SpecificationCurve,
)


def draw_specification_curve(
    study: Study, spec: SpecificationCurve, results: dict[str, Result], language: str
) -> Figure:
    """Upper panel: sorted estimates with intervals; lower: which choices each model makes; title: the joint test."""
    column = results["self"].columns[0]
    terms, s = column.terms, column.statistics
    estimates, low, high = (
        np.array([getattr(t, k) for t in terms], float) for k in ("estimate", "low", "high")
    )
    at = np.arange(len(terms))
    labels = [t.role.split("|") for t in terms]
    rows: list[tuple[str, np.ndarray]] = []
    for position, names in ((0, spec.outcomes), (1, spec.treatments)):
        if len(names) > 1:
            rows += [
                (study.label(n, language), np.array([x[position] == n for x in labels]))
                for n in names
            ]
    if len(spec.samples) > 1:
        rows += [
            (_sample(spec, key, language), np.array([x[2] == key for x in labels]))
            for key in spec.samples
        ]
    if len(spec.effects) > 1:
        rows += [
            (_effects(e, language), np.array([x[3] == e for x in labels])) for e in spec.effects
        ]
    rows += [
        (study.label(c, language), np.array([c in x[4].split(",") for x in labels]))
        for c in spec.controls
    ]
    figure, (top, bottom) = plt.subplots(
        2,
        1,
        figsize=(7.0, 3.0 + 0.2 * len(rows)),
        sharex=True,
        layout="constrained",
        height_ratios=[2.6, 0.2 * len(rows) + 0.2],
    )
    clear = (low > 0) | (high < 0)
    for on, colour in ((clear, ACCENT), (~clear, MUTED)):
        top.vlines(
            at[on],
            low[on],
            high[on],
            color=colour,
            lw=max(0.2, min(1.2, 250 / len(at))),
            alpha=0.45,
        )
        top.plot(at[on], estimates[on], ".", color=colour, ms=2.5)
    top.axhline(0, color=WARM, lw=0.8)
    top.set_ylabel(word("curve_axis", language))
    tests = f"p {p_value(float(s['p_median'] or 0)) if p_value(float(s['p_median'] or 0)).startswith('<') else '= ' + p_value(float(s['p_median'] or 0))}"
    share = f"{int(s['significant'] or 0):,}/{int(s['models'] or 0):,}"
    middle = typographic(decimal(float(s["median"] or 0), 3))
    title = (
        f"{s['models']:,}个模型，中位数{middle}，在5%水平上显著（CRV1）{share}，联合检验{tests}"
        if language == "zh"
        else f"{s['models']:,} models, median {middle}, {share} significant at 5% (CRV1), joint test of the median {tests}"
    )
    top.set_title(title, fontsize=8.5, loc="left")
    for i, (_, on) in enumerate(rows):
        bottom.plot(
            at[on],
            np.full(on.sum(), -i),
            "|",
            color=ACCENT,
            ms=4,
            mew=max(0.15, min(0.8, 200 / len(at))),
        )
    bottom.set_yticks([-i for i in range(len(rows))], [name for name, _ in rows], fontsize=7)
    bottom.tick_params(axis="y", length=0)
    bottom.set_xlabel(word("models_sorted", language))
    return figure


def _sample(spec: SpecificationCurve, key: str, language: str) -> str:
    return (
        spec.sample_labels[key].in_language(language)
        if key in spec.sample_labels
        else key.replace("_", " ")
    )


def _effects(key: str, language: str) -> str:
    return {
        "two-way": ("Two-way effects", "双向固定效应"),
        "province": ("Province effects only", "仅省份效应"),
    }[key][language == "zh"]


def draw_rho(study: Study, spec: RhoFigure, results: dict[str, Result], language: str) -> Figure:
    """One panel a mechanism: a*b along rho with its band; the dashed line is the rho at which it vanishes."""
    columns = results["self"].columns
    figure, all_axes = plt.subplots(
        1,
        len(columns),
        figsize=(1.9 * len(columns) + 0.4, 2.4),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    for axes, column in zip(all_axes[0], columns, strict=True):
        points = [t for t in column.terms if t.name != "rho_zero"]
        rho = [float(t.name) for t in points]
        axes.fill_between(
            rho,
            [float(t.low or 0) for t in points],
            [float(t.high or 0) for t in points],
            color=ACCENT,
            alpha=0.2,
            lw=0,
        )
        axes.plot(rho, [t.estimate for t in points], color=ACCENT, lw=1.4)
        axes.axhline(0, color=MUTED, lw=0.7)
        zero = float(column.term("rho_zero").estimate or 0)
        axes.axvline(zero, color=WARM, lw=0.8, ls="--")
        axes.set_title(
            f"{wrapped(study.label(column.key, language))}\n{word('zero_at', language)} ρ = {typographic(decimal(zero, 2))}",
            fontsize=7,
        )
        axes.set_xlabel(word("rho", language), fontsize=7.5)
    middle = [
        abs(float(t.estimate or 0))
        for c in columns
        for t in c.terms
        if t.name != "rho_zero" and abs(float(t.name)) < 0.75
    ]
    all_axes[0][0].set_ylim(-1.25 * max(middle), 1.25 * max(middle))
    all_axes[0][0].set_ylabel(word("indirect_axis", language))
    return figure


def draw_likelihood_ratio(
    study: Study, spec: LikelihoodRatioFigure, results: dict[str, Result], language: str
) -> Figure:
    """One panel a threshold: LR along the candidates; dashed the critical value, dotted the estimate."""
    columns = results["self"].columns
    across = min(3, len(columns))
    down = -(-len(columns) // across)
    figure, all_axes = plt.subplots(
        down, across, figsize=(2.4 * across, 2.2 * down), squeeze=False, layout="constrained"
    )
    for axes in all_axes.ravel()[len(columns) :]:
        axes.axis("off")
    for axes, column in zip(all_axes.ravel(), columns, strict=False):
        points = [t for t in column.terms if t.role == "ratio"]
        axes.plot(
            [float(t.name) for t in points],
            np.array([t.estimate for t in points], float),
            color=ACCENT,
            lw=1.1,
        )
        axes.axhline(float(column.term("critical").estimate or 0), color=MUTED, lw=0.8, ls="--")
        axes.axvline(float(column.term("estimate").estimate or 0), color=WARM, lw=0.8, ls=":")
        lever, number = column.key.split("/")
        title = f"{study.label(lever, language)}{word('semicolon', language)}{word('threshold', language)} {number}"
        axes.set_title(wrapped(title), fontsize=7.5)
        axes.tick_params(labelsize=7)
    for axes in all_axes[:, 0]:
        axes.set_ylabel(word("ratio_axis", language), fontsize=7.5)
    set_key(figure, word("ratio_key", language).format(level=f"{study.spec.bootstrap.level:.0%}"))
    return figure


def draw_quantile_process(
    study: Study, spec: QuantileFigure, results: dict[str, Result], language: str
) -> Figure:
    """The treatment's coefficient at each quantile with its band; dashed the location coefficient."""
    columns = {c.key: c.term("treatment") for c in results[f"tables/{spec.table}"].columns}
    taus = [k for k in columns if k not in ("location", "scale")]
    at = [float(k) for k in taus]
    estimate, low, high = (
        np.array([getattr(columns[k], part) for k in taus], float)
        for part in ("estimate", "low", "high")
    )
    figure, axes = plt.subplots(figsize=(4.6, 2.7), layout="constrained")
    axes.fill_between(at, low, high, color=ACCENT, alpha=0.2, lw=0)
    axes.plot(at, estimate, "o-", color=ACCENT, lw=1.4, ms=3.5)
    axes.axhline(float(columns["location"].estimate or 0), color=WARM, lw=0.8, ls="--")
    axes.axhline(0, color=MUTED, lw=0.7)
    axes.set_xticks(at)
    axes.set_xlabel(word("quantile_axis", language))
    axes.set_ylabel(word("marginal_axis", language))
    set_key(
        figure, word("quantile_key", language).format(level=f"{study.spec.bootstrap.level:.0%}")
    )
    return figure
