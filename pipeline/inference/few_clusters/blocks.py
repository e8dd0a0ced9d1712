"""Cross products inside each cluster."""

import numpy as np

from pipeline.inference.moments import Array, Ints


def block_products(left: Array, right: Array, cluster: Ints) -> Array:
    """left_g'right_g of every cluster, shape (G, k, m), from left (n, k) and right (n, m)."""
    order = np.argsort(cluster, kind="stable")
    sizes = np.bincount(cluster)
    first, second = left[order], right[order]
    if (sizes == sizes[0]).all():
        blocks = first.reshape(len(sizes), sizes[0], -1)
        return np.asarray(blocks.transpose(0, 2, 1) @ second.reshape(*blocks.shape[:2], -1))
    ends = np.cumsum(sizes)[:-1]
    pairs = zip(np.split(first, ends), np.split(second, ends), strict=True)
    return np.stack([a.T @ b for a, b in pairs])
