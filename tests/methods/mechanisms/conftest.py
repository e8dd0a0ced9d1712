"""Results of the chapter's specs of the demo study."""

from dataclasses import replace

import pytest

from pipeline.methods.discover import by_kind


@pytest.fixture(scope="session")
def chapter(demo):
    """Name -> spec of every spec of this chapter that estimates."""
    specs = {**demo.tables, **demo.figures}
    own = {n: s for n, s in specs.items() if by_kind()[s.kind].name.startswith("mechanisms.")}
    return {n: s for n, s in own.items() if s.kind != "path"}


@pytest.fixture(scope="session")
def replaced(demo_panel):
    """Function from columns to the demo panel with them."""
    return lambda **columns: replace(demo_panel, frame=demo_panel.frame.assign(**columns))
