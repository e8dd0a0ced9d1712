"""The true effects of a synthetic study, which stand beside its source files."""

import json

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.study import Study


def read_truth(study: Study) -> dict[str, float]:
    """The true effects by name. Raises Rejected when they are not there."""
    try:
        content = json.loads(study.paths.truth.read_text(encoding="utf-8"))["effects"]
        return {str(k): float(v) for k, v in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        where = Where(file=str(study.paths.truth))
        found, expected = "no readable true effects", "what `make data` writes beside the sources"
        remedy = (
            "run `make data`; with data of your own, set synthetic = false and remove the "
            "recovery table"
        )
        finding = Finding("truth-missing", "error", where, found, expected, remedy)
        raise Rejected([finding]) from None
