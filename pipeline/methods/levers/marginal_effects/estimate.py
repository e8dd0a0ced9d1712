"""The effect along levers: clustered and bootstrap bands at values of their range, and
histograms."""

import numpy as np

from pipeline.inference.moments import Array
from pipeline.inference.varying.moderation import marginal_effects
from pipeline.methods.levers.marginal_effects.result import Bar, Curve, Point, Result
from pipeline.methods.levers.marginal_effects.spec import MarginalFigure
from pipeline.models.bootstrap import Bootstrap, joined
from pipeline.models.moderated import Moderated, interaction_draws, moderate
from pipeline.models.prepared import clustered
from pipeline.models.task import Task, collect

_POINTS = 60
_BARS = 20


def estimate(task: Task[MarginalFigure]) -> Result:
    """One curve a lever, of the study's model."""
    levers, model = task.spec.levers, task.model()
    models = collect(levers, lambda lever: moderate(task, model, lever))
    boots = {k: interaction_draws(m) for k, m in models.items()}
    return Result(
        data=task.facts([*model.variables, *levers]),
        model=model,
        curves=[_curve(m, *boots[k]) for k, m in models.items()],
        draws=joined([boot.record for boot, _ in boots.values()]),
    )


def _curve(moderated: Moderated, boot: Bootstrap, drawn: Array) -> Curve:
    p, level = moderated.prepared, moderated.prepared.task.level
    fitted = p.regress(p.model.outcome, moderated.right)
    z = p.column(moderated.lever)
    grid = np.linspace(z.min(), z.max(), _POINTS)
    slope, change = float(fitted.beta[1]), float(fitted.beta[0])
    both = fitted.covariance[np.ix_([1, 0], [1, 0])]
    effects, errors = marginal_effects(slope, change, both, grid)
    points = [
        Point(
            moderated.mean + moderated.sd * float(grid[i]),
            clustered(float(effects[i]), float(errors[i]), fitted.df, level),
            boot.interval(drawn[0] + drawn[1] * grid[i]),
        )
        for i in range(_POINTS)
    ]
    counts, edges = np.histogram(z, bins=_BARS)
    bars = [
        Bar(moderated.mean + moderated.sd * float(edge), float(count / len(z)))
        for count, edge in zip(counts, edges[:-1], strict=True)
    ]
    width = moderated.sd * float(edges[1] - edges[0])
    return Curve(moderated.lever, p.rows, points, bars, width)
