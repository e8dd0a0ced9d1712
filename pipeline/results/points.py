"""Estimates that figures of coefficients draw, whichever method made them."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pipeline.results.estimate import Estimate
from pipeline.study.closed import Text


@dataclass(frozen=True)
class Point:
    """An estimate of a table's column: its key, its label where the spec gives one, else the
    variable it is named by."""

    key: str
    label: Text | None
    variable: str
    estimate: Estimate


@runtime_checkable
class HasPoints(Protocol):
    """A result whose estimates can be drawn as points."""

    def points(self, terms: list[str]) -> list[Point]:
        """The points of the terms named, in the order of the columns."""
        ...
