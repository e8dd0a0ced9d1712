"""The indicator system of an index, and what its scores are made of."""

import numpy as np

from pipeline.estimate.laboratory.indicators import indicators_of, require_scores
from pipeline.index.build import Choice
from pipeline.index.diagnosis import contributions, obstacles
from pipeline.index.periods import rowwise
from pipeline.index.uncertainty import reweightings
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Diagnosis, IndexSystem
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: IndexSystem) -> Result:
    """One term an indicator: its weight (the mean over years where it changes) and a bootstrap interval over provinces."""
    index = study.indices[spec.index]
    indicators = indicators_of(study, panel, spec.index)
    weights = indicators.weights(Choice(index.weights, index.period, index.aggregate)).mean(axis=0)
    level = study.spec.bootstrap.level
    draws = reweightings(
        indicators.raw,
        indicators.signs,
        index.weights,
        indicators.context,
        study.spec.seed,
        name,
        spec.draws,
        index.normalise,
        index.period,
        study.spec.base_year,
        indicators.reference,
    )
    kept = draws[np.isfinite(draws).all(axis=1)]
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2], axis=0)
    terms = [
        Term(n, "weight", float(w), low=float(lo), high=float(hi), interval="percentile")
        for n, w, lo, hi in zip(indicators.names, weights, low, high, strict=True)
    ]
    notes = [
        Note(
            "index_system",
            {
                "weights": index.weights,
                "period": index.period,
                "aggregate": index.aggregate,
                "normalise": index.normalise,
                "reference": index.reference,
                "cells": len(indicators.x),
                "shift": index.shift,
                "draws": spec.draws,
                "dropped": len(draws) - len(kept),
                "level": level,
                "seed": study.spec.seed,
            },
        ),
        *data_notes(study, panel, indicators.names),
    ]
    return Result(
        name,
        spec.kind,
        [Column(spec.index, None, terms)],
        notes,
        {
            "draws_asked": spec.draws,
            "draws_used": len(kept),
            "draws_dropped": len(draws) - len(kept),
        },
    )


def diagnosis(study: Study, panel: Panel, name: str, spec: Diagnosis) -> Result:
    """Mean contribution to the score and mean obstacle degree of each indicator, in some years; obstacles by rank in the last.

    Columns: `contribution/<year>`, `obstacle/<year>`, and `first`: in how many provinces the indicator is the largest
    obstacle in the last year.
    """
    index = study.indices[spec.index]
    indicators = indicators_of(study, panel, spec.index)
    if index.aggregate != "linear" or indicators.x.min() < -1e-12:
        where = Where(file=str(study.paths.specs / f"{name}.toml"), key="index")
        raise Rejected(
            [
                Finding(
                    "diagnosis",
                    "error",
                    where,
                    f"`{spec.index}`: {index.aggregate} of {index.normalise} values",
                    "a weighted sum of values that are not negative: only its parts add up to the score",
                    "remove the table, or use a weighted sum of min-max values or ranks",
                )
            ]
        )
    require_scores(study, panel, name, spec.index, spec.years)
    when = indicators.context.years
    assert when is not None, "set when the indicators were read"
    weights = rowwise(
        indicators.weights(Choice(index.weights, index.period, index.aggregate)), when
    )
    columns = []
    shares = {"contribution": contributions(indicators.x, weights)}
    if indicators.x.max() <= 1 + 1e-12:  # beyond a reference period's best there is no shortfall
        shares["obstacle"] = obstacles(indicators.x, weights)
    for key, values in shares.items():
        for year in spec.years:
            means = np.nanmean(values[when == year], axis=0)
            terms = [
                Term(n, "share", float(v)) for n, v in zip(indicators.names, means, strict=True)
            ]
            columns.append(Column(f"{key}/{year}", None, terms))
    if "obstacle" in shares:
        largest = np.bincount(
            np.nanargmax(shares["obstacle"][when == spec.years[-1]], axis=1),
            minlength=len(indicators.names),
        )
        columns.append(
            Column(
                "first",
                None,
                [
                    Term(n, "count", float(c))
                    for n, c in zip(indicators.names, largest, strict=True)
                ],
            )
        )
    note = Note("diagnosis", {"year": spec.years[-1], "obstacles": "obstacle" in shares})
    return Result(name, spec.kind, columns, [note, *data_notes(study, panel, indicators.names)])
