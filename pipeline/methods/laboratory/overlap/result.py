"""What a table of overlaps holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.rows import Regression

Role = Literal["treatment", "outcome", "mediator", "controls", "levers"]


@dataclass(frozen=True)
class Part:
    """A part of the analysis: its variables, and the raw indicators and scales that enter them."""

    role: Role
    variables: list[str]
    indicators: list[str]
    scales: list[str]


@dataclass(frozen=True)
class Result(result.Result):
    """Parts in order, each with raw variables in the codebook's order.

    indicators, scales: of all parts; acknowledged: those among `several` that the study declares
    without: the model with shared indicators left out of treatment and outcome, None where these
    share none
    """

    parts: list[Part]
    indicators: list[str]
    scales: list[str]
    acknowledged: list[str]
    without: Regression | None

    @property
    def several(self) -> list[str]:
        """Indicators in more than one part."""
        return [v for v in self.indicators if sum(v in p.indicators for p in self.parts) > 1]

    @property
    def several_scales(self) -> list[str]:
        """Scales in more than one part."""
        return [v for v in self.scales if sum(v in p.scales for p in self.parts) > 1]
