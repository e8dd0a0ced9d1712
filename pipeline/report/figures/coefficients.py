"""Points with intervals, one row for each column of the tables named."""

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.result import Column, Result
from pipeline.report.figures.style import ACCENT, MUTED
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import CoefficientsFigure


def draw(
    study: Study, spec: CoefficientsFigure, results: dict[str, Result], language: str
) -> Figure:
    """Rows grouped by table, in the tables' order."""
    rows: list[tuple[str, float, float, float]] = []
    groups: list[tuple[int, str]] = []
    for stem in spec.tables:
        table = study.tables[f"tables/{stem}"]
        groups.append((len(rows), table.title.in_language(language)))
        for i, column in enumerate(results[f"tables/{stem}"].columns):
            for t in column.terms:
                if t.name in spec.terms or ("nqp" in spec.terms and t.role == "treatment"):
                    assert t.estimate is not None and t.low is not None and t.high is not None
                    rows.append(
                        (_label(study, table, column, i, language), t.estimate, t.low, t.high)
                    )
    if not rows:
        where = Where(file=", ".join(spec.tables), key="terms")
        raise Rejected(
            [
                Finding(
                    "empty-figure",
                    "error",
                    where,
                    f"no term {' or '.join(spec.terms)} in these tables",
                    "a term that the tables estimate",
                    "correct `terms` in the figure's spec",
                )
            ]
        )
    height = 0.26 * (len(rows) + len(groups)) + 0.9
    figure, axes = plt.subplots(figsize=(6.4, height), layout="constrained")
    y = 0.0
    ticks: list[float] = []
    labels: list[str] = []
    headings: list[int] = []
    starts = dict(groups)
    for k, (label, estimate, low, high) in enumerate(rows):
        if k in starts and len(groups) > 1:
            y -= 0.35 if k else 0.0
            ticks.append(y)
            labels.append(starts[k])
            headings.append(len(ticks) - 1)
            y -= 1.0
        axes.plot([low, high], [y, y], color=ACCENT, lw=1.6, solid_capstyle="butt")
        axes.plot(estimate, y, "o", color=ACCENT, ms=4.5)
        ticks.append(y)
        labels.append(label)
        y -= 1.0
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yticks(ticks, labels)
    axes.xaxis.set_major_locator(plt.MaxNLocator(5))
    for position in headings:
        axes.get_yticklabels()[position].set(color=MUTED, fontsize=8, style="italic")
    axes.set_ylim(y + 0.4, 0.7)
    axes.tick_params(axis="y", length=0)
    axis = word("coefficient_axis" if "indirect" not in spec.terms else "effect_axis", language)
    axes.set_xlabel(axis.format(level=f"{study.spec.bootstrap.level:.0%}"))
    return figure


def _label(study: Study, table: object, column: Column, position: int, language: str) -> str:
    labels = getattr(table, "labels", None)
    if labels:
        return str(labels[column.key].in_language(language))
    columns = getattr(table, "columns", None)
    if columns and columns[position].label:
        return str(columns[position].label.in_language(language))
    return study.label(
        column.key if column.key in study.variables else str(column.outcome), language
    )
