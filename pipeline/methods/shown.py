"""What a figure or a report sentence is given: the results it may speak of, each with its spec and
its number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipeline.results.result import Result
from pipeline.study.specs import TableSpec

R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Named:
    """A table's result with its spec, its stem, and the number under which it is printed (`3`,
    `A1`)."""

    stem: str
    number: str
    spec: TableSpec
    result: Result


@dataclass(frozen=True)
class Shown:
    """What a figure draws: its own result where it estimates, and the tables that its spec
    names."""

    own: Result | None
    tables: Mapping[str, Named]

    def mine(self, kind: type[R]) -> R:
        """The figure's own result."""
        assert isinstance(self.own, kind), f"no result of {kind}"
        return self.own

    def table(self, stem: str, kind: type[R]) -> R:
        """The result of a table by its stem."""
        result = self.tables[stem].result
        assert isinstance(result, kind), f"{stem} has no result of {kind}"
        return result
