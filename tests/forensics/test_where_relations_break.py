"""How far two sides of a relation may lie apart before anything is said, to four digits.

The sizes are found by bisection and kept; REGENERATE=1 writes them anew.
"""

from pathlib import Path

import numpy as np
import pytest

from pipeline.forensics.contradictions import find_contradictions
from pipeline.forensics.identities import find_identities
from pipeline.forensics.identity import Identity, broken
from pipeline.forensics.sources import find_disagreement, find_lagged_index
from pipeline.forensics.totals import find_missed_totals
from tests.forensics.edges import changed, edge, fewest, says
from tests.forensics.panels import panel
from tests.validate.small import check_kept

KEPT = Path(__file__).parent / "kept"


def pairs():
    a, b = panel(55), panel(56)
    whole = np.round(a + b, 2)
    rule = Identity("sum", "whole", ("a", "b"))

    def values(f=1.0, k=1):
        return {"a": a, "b": b, "whole": changed(whole, np.s_[:k, 4], lambda v: v * f)}

    yield "off the sum", edge(lambda f: broken(rule, values(f)) is not None, 1.0, 1.1)
    yield (
        "off the sum, an error",
        edge(
            lambda f: (s := broken(rule, values(f))) is not None and s.severity == "error", 1.0, 1.1
        ),
    )

    def holds(k):
        off = {"a": a, "b": b, "whole": changed(whole, np.s_[:, :k], lambda v: v * 1.01)}
        return not find_identities(off)

    yield "years in which a sum fails", fewest(holds, range(14))

    def near(f):
        return not find_identities({"a": a, "b": b, "whole": whole * f})

    yield "how near a sum is", edge(near, 1.0, 1.1)


def sources():
    x = panel(57, decimals=4)
    at = (3, 4)
    for severity in (None, "error"):

        def differs(f, severity=severity):
            y = changed(x, at, lambda v: v * f)
            return says(find_disagreement(y, x), "source-differs", severity)

        yield f"two sources apart, {severity}", edge(differs, 1.001, 1.5)

    def vintage(k):
        return says(
            find_disagreement(changed(x, np.s_[:, :k], lambda v: v * 1.02), x), "source-vintage"
        )

    yield "years in which two sources differ", fewest(vintage, range(14))
    noise = np.random.default_rng(7).standard_normal((31, 14))
    growth = 0.07 + 0.03 * np.random.default_rng(8).standard_normal((31, 14))
    level = np.exp(8 + np.cumsum(growth, axis=1))

    def lagged(f):
        index = np.roll(100 * np.exp(growth + f * noise), 1, axis=1)
        return says(find_lagged_index(index[:, 1:-1], level[:, 1:-1]), "index-lagged")

    yield "the noise of a lagged index", edge(lagged, 0.0, 0.3)
    yield (
        "units of a lagged index",
        fewest(
            lambda k: says(
                find_lagged_index(
                    np.roll(100 * np.exp(growth), 1, axis=1)[:k, 1:8], level[:k, 1:8]
                ),
                "index-lagged",
            ),
            range(1, 31),
        ),
    )


def orders():
    x = panel(57, decimals=4)
    at = (3, 4)

    def above(f):
        return find_contradictions(changed(x * 0.9, at, lambda v: v / 0.9 * f), x, "ab") is not None

    yield "above what is larger", edge(above, 1.0, 1.1)
    yield "often above", fewest(lambda k: often_above(x, k), range(1, 14))
    total = x.sum(axis=0)
    for severity in (None, "error"):

        def missed(f, severity=severity):
            y = changed(x, at, lambda v: v + f * total[4])
            return says(find_missed_totals(y, total, "amount"), "total-missed", severity)

        yield f"off the total, {severity}", edge(missed, 1e-5, 0.2)
    yield (
        "a total of another kind",
        edge(
            lambda f: says(
                find_missed_totals(changed(x, at, lambda v: v * 9), total * f, "amount"),
                "total-missed",
            ),
            1.0,
            1.3,
        ),
    )


def often_above(x, k):
    found = find_contradictions(
        changed(x * 0.9, np.s_[:10, :k], lambda v: v * 2), x, ("small", "large")
    )
    return found.severity == "warning"


@pytest.mark.parametrize("edges", [pairs, sources, orders])
def test_where_a_relation_counts_as_broken(edges):
    text = "".join(f"{what}: {size}\n" for what, size in edges())
    check_kept(KEPT / f"edges_{edges.__name__}.txt", text)
