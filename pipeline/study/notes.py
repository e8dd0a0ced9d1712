"""Notes that any table of the panel must carry, whichever stage makes it."""

from pipeline.panel.panel import Panel
from pipeline.panel.result import Note
from pipeline.study.study import Study


def data_notes(study: Study, panel: Panel, variables: list[str]) -> list[Note]:
    """Filled cells behind the variables of a table, and whether the data are synthetic."""
    behind = {raw for v in variables for raw in study.raw_variables(v)}
    filled = {name: cells for name, cells in panel.filled.items() if name in behind}
    notes = [Note("filled", {"cells": filled})] if filled else []
    missing = {name: int(panel.frame[name].isna().sum()) for name in sorted(behind)}
    if any(missing.values()):
        notes.append(Note("missing", {"cells": {k: n for k, n in missing.items() if n}}))
    return notes + ([Note("synthetic")] if study.spec.synthetic else [])
