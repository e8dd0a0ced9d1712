"""`make check`: what the specs of a sound study still ask, as warnings."""

from pipeline.panel.characters import tell
from pipeline.study.check_specs import warnings
from pipeline.study.study import Study


def run(study: Study) -> int:
    """Print the warnings, then that the specs are whole."""
    for name, spec in {**study.tables, **study.figures}.items():
        for finding in warnings(study, name, spec):
            tell(*str(finding).splitlines(), error=True)
    tables, figures = len(study.tables), len(study.figures)
    tell(f"specs/{study.name}: {tables} tables, {figures} figures, no problem found")
    return 0
