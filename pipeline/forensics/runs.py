"""Runs: successive years in which something holds."""

from collections.abc import Iterator

import numpy as np

from pipeline.forensics.suspicion import Flags


def runs(on: Flags) -> Iterator[tuple[int, int, int]]:
    """(unit, first, length) of every run of two or more successive columns of (n, T) flags."""
    for i in map(int, np.flatnonzero((on[:, 1:] & on[:, :-1]).any(axis=1))):
        edges = np.flatnonzero(np.diff(on[i].astype(int), prepend=0, append=0))
        for first, end in edges.reshape(-1, 2).tolist():
            if end - first >= 2:
                yield i, first, end - first
