"""The URI index of the demo study as the array that its witnesses take."""

import pytest


@pytest.fixture(scope="session")
def uri(demo_panel):
    """(31, 13): provinces by code, years 2011 to 2023."""
    return demo_panel.frame["uri"].to_numpy().reshape(31, 13)
