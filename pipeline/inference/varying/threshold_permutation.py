"""Is there a threshold in q? q's paths permuted over the provinces.

Hansen's bootstrap takes any difference between provinces' slopes for a threshold in q. Handing
whole paths of q out to the provinces at random keeps those differences, and breaks their relation
with q alone. With slopes of sd .4 around 1 for another reason, 31 provinces and 12 years, the
bootstrap rejects in .32 of panels without a threshold at 5% where q is of one year (.09 where it
varies freely), the permutation in .05 (.06); with equal slopes both in .04 to .06.
"""

import numpy as np

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints, demean, partial_out
from pipeline.inference.varying.threshold import ThresholdFit, f_statistic
from pipeline.inference.varying.threshold_model import ThresholdModel
from pipeline.inference.varying.threshold_test import ThresholdTest, entity_paths, summary


def permutation_test(
    model: ThresholdModel, fit: ThresholdFit, moves: bool, seed: int, spec: str, draws: int
) -> ThresholdTest | None:
    """Test of one threshold (`fit`) against none; None where paths cannot be handed out, as the
    panel is not balanced or clusters are not its entities. moves: the first control is q itself,
    and goes with it."""
    paths = entity_paths(model)
    if paths is None:
        return None
    rng = generator(seed, f"{spec}/threshold/permuted")
    orders = np.argsort(rng.random((draws, len(paths))), axis=1)
    drawn = permuted_statistics(model, paths, moves, orders)
    return summary(fit.statistic, drawn, "permuted")


def permuted_statistics(model: ThresholdModel, paths: Ints, moves: bool, orders: Ints) -> Array:
    """F of one threshold against none (R,) with the paths of q in the orders (R, entities).

    paths: rows of each entity in order of time (entities, T), so that the candidates are the same
    in any order. moves: the first control is q itself, and goes with it.
    """
    fixed = np.column_stack([model.x, model.controls[:, int(moves) :]])
    net, basis = partial_out(model.y[:, None], fixed, model.entity, model.time)
    q = model.q[paths]
    out = np.empty(len(orders))
    for r, order in enumerate(orders):
        drawn = np.empty(len(model.q))
        drawn[paths] = q[order]
        outcome, own = net[:, 0], basis
        if moves:
            outcome, own = _beside(drawn, outcome, basis, model.entity)
        total = outcome @ outcome
        sse = total - _gains(model, drawn, outcome, own).max()
        out[r] = f_statistic(total[None], sse[None], model.df)[0]
    return out


def _beside(q: Array, outcome: Array, basis: Array, entity: Ints) -> tuple[Array, Array]:
    """The outcome net of q too, and the basis with q in it."""
    column = demean(q[:, None], entity)[:, 0]
    column = column - basis @ (basis.T @ column)
    column = column / np.sqrt(column @ column)
    return outcome - column * (column @ outcome), np.column_stack([basis, column])


def _gains(model: ThresholdModel, q: Array, outcome: Array, basis: Array) -> Array:
    """What each candidate takes off the sum of squares (C,): d'v squared over the size of d net of
    effects and basis, both running sums over the rows in order of q."""
    order = np.argsort(q, kind="stable")
    x, last = model.x[order], model.below - 1
    entities = np.eye(int(model.entity.max()) + 1)[model.entity[order]]
    sums = np.cumsum(x[:, None] * entities, axis=0)[last]
    years = len(q) / entities.shape[1]
    along = np.cumsum(x[:, None] * basis[order], axis=0)[last]
    size = np.cumsum(x**2)[last]
    norms = size - (sums**2).sum(axis=1) / years - (along**2).sum(axis=1)
    numerators = np.cumsum(x * outcome[order])[last]
    varies = (norms > 1e-10 * size) & model.eligible[0]
    gains = np.zeros(len(norms))
    np.divide(numerators**2, norms, out=gains, where=varies)
    return gains
