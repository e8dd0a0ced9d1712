"""Tables of the index laboratory on the demo study, each estimated once."""

from functools import cache

import pytest

from tests.methods.estimated import only, result_of


@pytest.fixture(scope="session")
def first(demo, demo_panel):
    """Function from a kind to the result of the first such table of the demo study."""

    @cache
    def found(kind):
        name, spec = only(demo, kind)
        return result_of(demo, demo_panel, spec, name)

    return found


@pytest.fixture(scope="session")
def headline(first):
    """The last column of the baseline."""
    return first("regression").columns[-1]
