"""The specification curve with its choices below, and indirect effects along rho."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from pipeline.panel.result import Result
from pipeline.report.figures.style import ACCENT, MUTED, WARM, wrapped
from pipeline.report.numbers import decimal, p_value, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import RhoFigure, SpecificationCurve


def draw_specification_curve(
    study: Study, spec: SpecificationCurve, results: dict[str, Result], language: str
) -> Figure:
    """Upper panel: sorted estimates with intervals; lower: which choices each model makes; title: the joint test."""
    column = results["self"].columns[0]
    terms, s = column.terms, column.statistics
    estimates, low, high = (np.array([getattr(t, k) for t in terms], float) for k in ("estimate", "low", "high"))
    at = np.arange(len(terms))
    labels = [t.role.split("|") for t in terms]
    rows: list[tuple[str, np.ndarray]] = []
    for position, names in ((0, spec.outcomes), (1, spec.treatments)):
        if len(names) > 1:
            rows += [(study.label(n, language), np.array([x[position] == n for x in labels])) for n in names]
    if len(spec.samples) > 1:
        rows += [(_sample(spec, key, language), np.array([x[2] == key for x in labels])) for key in spec.samples]
    if len(spec.effects) > 1:
        rows += [(_effects(e, language), np.array([x[3] == e for x in labels])) for e in spec.effects]
    rows += [(study.label(c, language), np.array([c in x[4].split(",") for x in labels])) for c in spec.controls]
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.0, 3.0 + 0.2 * len(rows)), sharex=True, layout="constrained",
                                         height_ratios=[2.6, 0.2 * len(rows) + 0.2])  # fmt: skip
    clear = (low > 0) | (high < 0)
    for on, colour in ((clear, ACCENT), (~clear, MUTED)):
        top.vlines(at[on], low[on], high[on], color=colour, lw=max(0.2, min(1.2, 250 / len(at))), alpha=0.45)
        top.plot(at[on], estimates[on], ".", color=colour, ms=2.5)
    top.axhline(0, color=WARM, lw=0.8)
    top.set_ylabel(word("curve_axis", language))
    tests = f"p {p_value(float(s['p_median'] or 0)) if p_value(float(s['p_median'] or 0)).startswith('<') else '= ' + p_value(float(s['p_median'] or 0))}"
    share = f"{int(s['significant'] or 0):,}/{int(s['models'] or 0):,}"
    middle = typographic(decimal(float(s["median"] or 0), 3))
    title = (f"{s['models']:,}个模型，中位数{middle}，在5%水平上显著（CRV1）{share}，联合检验{tests}" if language == "zh" else
             f"{s['models']:,} models, median {middle}, {share} significant at 5% (CRV1), joint test of the median {tests}")  # fmt: skip
    top.set_title(title, fontsize=8.5, loc="left")
    for i, (_, on) in enumerate(rows):
        bottom.plot(at[on], np.full(on.sum(), -i), "|", color=ACCENT, ms=4, mew=max(0.15, min(0.8, 200 / len(at))))
    bottom.set_yticks([-i for i in range(len(rows))], [name for name, _ in rows], fontsize=7)
    bottom.tick_params(axis="y", length=0)
    bottom.set_xlabel(word("models_sorted", language))
    return figure


def _sample(spec: SpecificationCurve, key: str, language: str) -> str:
    return spec.sample_labels[key].in_language(language) if key in spec.sample_labels else key.replace("_", " ")


def _effects(key: str, language: str) -> str:
    return {"two-way": ("Two-way effects", "双向固定效应"), "province": ("Province effects only", "仅省份效应")}[key][
        language == "zh"
    ]


def draw_rho(study: Study, spec: RhoFigure, results: dict[str, Result], language: str) -> Figure:
    """One panel a mechanism: a*b along rho with its band; the dashed line is the rho at which it vanishes."""
    columns = results["self"].columns
    figure, all_axes = plt.subplots(1, len(columns), figsize=(1.9 * len(columns) + 0.4, 2.4), sharey=True,
                                    layout="constrained", squeeze=False)  # fmt: skip
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
