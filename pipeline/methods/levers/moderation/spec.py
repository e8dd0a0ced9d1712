"""The spec of a moderation table."""

from typing import Literal

from pipeline.study.lever_specs import ByLeverTable


class ModerationTable(ByLeverTable):
    """Treatment x lever with main effects, one column a lever.

    jointly: a row with all of them at once
    """

    kind: Literal["moderation"]
    jointly: bool = False
