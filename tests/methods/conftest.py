"""A bench of every kind that estimates, for the tests of all of them together."""

import pytest

from pipeline.methods.mechanisms.few_clusters import estimate as permuted
from pipeline.methods.mechanisms.mediation import estimate as mediated
from pipeline.models import few_clusters
from tests.methods.degenerate import DRAWS, Bench, few_draws, specs


@pytest.fixture
def bench(demo, demo_panel, monkeypatch):
    """Every kind on the demo's panel, with few draws of every sort."""
    monkeypatch.setattr(few_clusters, "DRAWS", DRAWS)
    monkeypatch.setattr(permuted, "_PERMUTATIONS", DRAWS)
    monkeypatch.setattr(mediated, "_SIGNS", DRAWS)
    study = few_draws(demo)
    return Bench(study, demo_panel, specs(study))
