"""Notes under a table."""

from typing import Any

from pipeline.panel.result import Result
from pipeline.report.wording import note_text
from pipeline.study import Study


def notes(study: Study, spec: Any, result: Result, language: str) -> tuple[str, ...]:
    """The sentences under a table: the spec's remark, then what the result must state."""
    remark = [spec.remark.in_language(language)] if getattr(spec, "remark", None) else []
    return tuple(
        [*remark, *(text for n in result.notes if (text := note_text(n, language, study)))]
    )
