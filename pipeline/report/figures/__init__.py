"""Figures: kind -> function (study, spec, results, language) -> matplotlib figure. Adding one: a function, a line."""

from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from pipeline.panel.result import Result
from pipeline.report.figures import (
    coefficients,
    curves,
    distribution,
    laboratory,
    levers,
    paths,
    series,
    theory,
    tiles,
)
from pipeline.study import Study

# `results` holds the tables a figure names, and its own results file under the key `self`.
Drawer = Callable[[Study, Any, dict[str, Result], str], Figure]

DRAWERS: dict[str, Drawer] = {
    "coefficients": coefficients.draw,
    "trends": series.draw_trends,
    "distribution": series.draw_distribution,
    "tilemap": tiles.draw_tilemap,
    "moran_scatter": distribution.draw_moran,
    "ellipse": distribution.draw_ellipse,
    "path": paths.draw,
    "specification_curve": curves.draw_specification_curve,
    "rho": curves.draw_rho,
    "likelihood_ratio": curves.draw_likelihood_ratio,
    "quantile_process": curves.draw_quantile_process,
    "marginal_effects": levers.draw_marginal,
    "alternatives_figure": laboratory.draw_alternatives,
    "lever_forest": levers.draw_levers,
    "scenario_map": tiles.draw_scenario,
    "theory_diagram": theory.draw,
}
