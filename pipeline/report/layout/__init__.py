"""From a results file to the table model: one builder a kind of table."""

from collections.abc import Callable
from typing import Any

from pipeline.panel.result import Result
from pipeline.report.layout import (
    descriptive,
    distribution,
    generic,
    laboratory,
    levers,
    mediation,
    recovery,
    regression,
    scenario,
)
from pipeline.report.table import Table
from pipeline.study import Study

# (study, spec name, spec, result, language, number) -> table
Builder = Callable[[Study, str, Any, Result, str, str], Table]

BUILDERS: dict[str, Builder] = {
    "descriptives": descriptive.build,
    "weights": descriptive.build_weights,
    "regression": regression.build,
    "heterogeneity": regression.build,
    "mediation": mediation.build,
    "parallel": generic.build,
    "chain": generic.build,
    "sensitivity": generic.build,
    "few_clusters": generic.build,
    "multiple_tests": generic.build,
    "index_uncertainty": generic.build,
    "recovery": recovery.build,
    "moderation": generic.build,
    "moderated_mediation": generic.build,
    "threshold": generic.build,
    "quantiles": generic.build,
    "index_system": laboratory.build_system,
    "index_ranks": laboratory.build_ranks,
    "alternatives": laboratory.build_alternatives,
    "diagnosis": laboratory.build_diagnosis,
    "look_ahead": laboratory.build_look_ahead,
    "overlap": laboratory.build_overlap,
    "spurious": generic.build,
    "coordination_classes": laboratory.build_coordination,
    "inequality": distribution.build_inequality,
    "convergence": distribution.build_convergence,
    "moran": distribution.build_moran,
    "markov": distribution.build_markov,
    "levers": levers.build_levers,
    "power": levers.build_power,
    "scenario": scenario.build,
    "theory": levers.build_theory,
}


def table_numbers(study: Study) -> dict[str, str]:
    """Spec name -> number: 1, 2, ... in order of file names; specs numbered 90 and above are A1, A2, ..."""
    numbers: dict[str, str] = {}
    body = appendix = 0
    for name in study.tables:
        if name.split("/")[1] >= "90":
            appendix += 1
            numbers[name] = f"A{appendix}"
        else:
            body += 1
            numbers[name] = str(body)
    return numbers


def build_table(study: Study, name: str, result: Result, language: str) -> Table:
    """The table of a spec in one language."""
    spec = study.tables[name]
    return BUILDERS[spec.kind](study, name, spec, result, language, table_numbers(study)[name])
