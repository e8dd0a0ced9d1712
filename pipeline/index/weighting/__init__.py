"""Index weights: indicators that point the same way in, weights that add to 1 out.

Every weighting is one module with one function, `weigh(x, context)`: x (N, k) normalised to one
direction, weights (k,) in the order of the columns. Adding one: write the module and register it in
`WEIGHTINGS`.
"""

from pipeline.index.contract import Context, Weigher, WeightError
from pipeline.index.weighting import ahp, combination, critic, entropy, equal, expert, pca, scatter

__all__ = ["WEIGHTINGS", "Context", "Weigher", "WeightError"]

WEIGHTINGS: dict[str, Weigher] = {
    "entropy": entropy.weigh,
    "critic": critic.weigh,
    "equal": equal.weigh,
    "pca": pca.weigh,
    "scatter": scatter.weigh,
    "expert": expert.weigh,
    "ahp": ahp.weigh,
}
WEIGHTINGS["combination"] = combination.combining(dict(WEIGHTINGS))
