"""How unequally clusters carry a coefficient.

Few clusters mislead where one of them holds most of the treatment's variation, however many there
are. With x~ the treatment net of all other columns and effects, the share of cluster g is
x~_g'x~_g / x~'x~, its partial leverage; equal shares are 1 / G.
Source: MacKinnon, Nielsen and Webb (2023), Leverage, influence, and the jackknife in clustered
regression models: L_g = tr(X_g'X_g (X'X)^-1) and its partial form.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.few_clusters.net import Net
from pipeline.inference.moments import Array, Ints


@dataclass(frozen=True)
class Leverage:
    """Who carries the coefficient.

    shares: (G,) of the treatment's variation net of the other columns and the effects; they add to
    one
    largest: the cluster with the largest share
    effective: 1 / sum of squared shares: G where the shares are equal, 1 where one cluster has all
    blocks: (G,) traces of the clusters' blocks of the projection on all columns, absorbed effects
    left out; they add to the number of independent columns
    """

    shares: Array
    largest: int
    effective: float
    blocks: Array


def leverage(net: Net, cluster: Ints) -> Leverage:
    """Shares and leverage of the clusters 0..G-1 (n,) in a model of one coefficient."""
    squares = net.x**2
    shares = np.bincount(cluster, squares) / squares.sum()
    others = np.bincount(cluster, (net.basis**2).sum(axis=1))
    return Leverage(shares, int(shares.argmax()), float(1 / (shares @ shares)), shares + others)
