"""Results of the demo's specs, each estimated once; a bench of every kind that estimates."""

import pytest

from pipeline.methods.mechanisms.few_clusters import estimate as permuted
from pipeline.methods.mechanisms.mediation import estimate as mediated
from pipeline.models import few_clusters
from tests.methods.degenerate import DRAWS, Bench, few_draws, specs
from tests.methods.estimated import result_of


@pytest.fixture
def bench(demo, demo_panel, monkeypatch):
    """Every kind on the demo's panel, with few draws of every sort."""
    for module in (few_clusters, permuted):
        monkeypatch.setattr(module, "SIGNS", DRAWS)
        monkeypatch.setattr(module, "ORDERS", DRAWS)
    monkeypatch.setattr(mediated, "OUTCOMES", DRAWS)
    study = few_draws(demo)
    return Bench(study, demo_panel, specs(study))


@pytest.fixture(scope="session")
def found(demo, demo_panel):
    """Function from the name of a spec of the demo study to its result."""
    specs = {**demo.tables, **demo.figures}
    made = {}

    def of(name):
        if name not in made:
            made[name] = result_of(demo, demo_panel, specs[name], name)
        return made[name]

    return of
