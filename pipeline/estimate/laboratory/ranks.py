"""Ranks of provinces by an index, and what other weightings would make of them and of the headline coefficient."""

import numpy as np

from pipeline.estimate.laboratory.indicators import grid, require_scores
from pipeline.estimate.linear import fit
from pipeline.index.diagnosis import rank_correlation
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Alternatives, IndexRanks, ModelChoice
from pipeline.study.model import Model, resolve
from pipeline.study.notes import data_notes
from pipeline.study.sample import select
from pipeline.study.study import Study


def ranks(study: Study, panel: Panel, name: str, spec: IndexRanks) -> Result:
    """Score and rank of each province in each year asked, one term a province; `moved`: rank of the last less the first."""
    require_scores(study, panel, name, spec.index, spec.years)
    scores = grid(panel, spec.index)
    order = scores.rank(ascending=False)
    columns = []
    for year in spec.years:
        for key, values in (("score", scores[year]), ("rank", order[year])):
            terms = [
                Term(BY_CODE[int(str(c))].en, key, float(v) if np.isfinite(v) else None)
                for c, v in values.items()
            ]
            columns.append(Column(f"{key}/{year}", spec.index, terms))
    note: dict[str, float | int | None] = {"last": spec.years[-1], "first": None, "kendall": None}
    if len(spec.years) > 1:
        moved = order[spec.years[0]] - order[spec.years[-1]]
        terms = [
            Term(BY_CODE[int(str(c))].en, "moved", float(v) if np.isfinite(v) else None)
            for c, v in moved.items()
        ]
        columns.append(Column("moved", spec.index, terms))
        ends = scores[[spec.years[0], spec.years[-1]]].dropna()
        note |= {
            "first": spec.years[0],
            "kendall": float(rank_correlation(ends.to_numpy(), "kendall")[0, 1]),
        }
    return Result(
        name, spec.kind, columns, [Note("ranks", note), *data_notes(study, panel, [spec.index])]
    )


def alternatives(study: Study, panel: Panel, name: str, spec: Alternatives) -> Result:
    """One column an alternative: rank correlations with the index, rank moves in the last year with scores, the headline coefficient.

    The coefficient is that of the table's model with the alternative in the place of the index; it is standardised to SD
    of the outcome per SD of the treatment, because alternatives differ in scale.
    """
    index = study.indices[spec.index]
    model, file = resolve(study, spec.model), str(study.paths.specs / f"{name}.toml")
    names = [spec.index, *(f"{spec.index}_{v}" for v in index.variants)]
    whole = panel.frame[names].dropna()
    spearman, kendall = (rank_correlation(whole.to_numpy(), m) for m in ("spearman", "kendall"))  # type: ignore[arg-type]
    year = max(y for y in whole.index.get_level_values("year").unique())
    last = {n: grid(panel, n)[year].rank(ascending=False) for n in names}
    columns = []
    for i, variant in enumerate(names):
        choice = _with(model, spec.index, variant)
        terms = [
            Term("spearman", "number", float(spearman[0, i])),
            Term("kendall", "number", float(kendall[0, i])),
        ]
        moves = (last[variant] - last[spec.index]).abs()
        farthest = int(moves.idxmax())  # type: ignore[call-overload]
        terms += [
            Term("mean_move", "number", float(moves.mean())),
            Term("largest_move", BY_CODE[farthest].en, float(moves.max())),
        ]
        if choice is not None:
            own = resolve(study, spec.model, choice)
            fitted = fit(panel, own, variant, file, study.spec.bootstrap.level)
            t = next(x for x in fitted.terms if x.role == "treatment")
            rows = select(panel.frame, own.sample, own.variables, file)
            ratio = float(rows[own.treatment].std(ddof=1) / rows[own.outcome].std(ddof=1))
            scaled = [None if v is None else v * ratio for v in (t.estimate, t.se, t.low, t.high)]
            terms.append(
                Term(
                    "standardised",
                    "estimate",
                    scaled[0],
                    scaled[1],
                    t.statistic,
                    t.p,
                    scaled[2],
                    scaled[3],
                    "crv1-t",
                )
            )
        signed = last[spec.index] - last[variant]
        terms += [
            Term(f"move/{BY_CODE[int(str(c))].en}", "move", float(v))
            for c, v in signed.items()
            if np.isfinite(v)
        ]
        columns.append(Column(variant, model.outcome, terms))
    notes = [
        Note("alternatives", {"year": int(year)}),
        Note("stars"),
        *data_notes(study, panel, [*names, *model.variables]),
    ]
    return Result(name, spec.kind, columns, notes)


def _with(model: Model, index: str, variant: str) -> ModelChoice | None:
    """The model's choice with a variant in the index's place; None where the index is neither treatment nor outcome."""
    if model.treatment == index:
        return ModelChoice(treatment=variant)
    return ModelChoice(outcome=variant) if model.outcome == index else None
