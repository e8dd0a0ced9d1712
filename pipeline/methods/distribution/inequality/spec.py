"""The spec of an inequality table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import group_labels, group_overlaps
from pipeline.study.closed import Name, Text
from pipeline.study.schema import Region
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class InequalityTable(TableSpec):
    """The Gini coefficient after Dagum and Theil's T by year, each split by groups of provinces.

    groups: lists of regions, with their labels, no region in two; by default the four regions
    """

    kind: Literal["inequality"]
    variable: Name
    groups: (
        Annotated[
            dict[Name, Annotated[list[Region], Field(min_length=1)]],
            Field(min_length=2),
        ]
        | None
    ) = None
    labels: dict[Name, Text] = {}

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Groups have labels and share no region."""
        groups = self.groups or {}
        yield from group_labels(file, groups, self.labels)
        yield from group_overlaps(file, groups.values())
