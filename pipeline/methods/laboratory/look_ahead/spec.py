"""The spec of a table of weights that could be known at the time."""

from typing import Literal

from pipeline.study.choices import ModelChoice
from pipeline.study.specs import TableSpec


class LookAheadTable(TableSpec):
    """The headline coefficient with weights that could be known at the time, beside the pooled
    ones."""

    kind: Literal["look_ahead"]
    model: ModelChoice = ModelChoice()
