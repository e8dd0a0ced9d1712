"""Results of the demo's specs, each estimated once."""

import pytest

from tests.methods.estimated import result_of


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
