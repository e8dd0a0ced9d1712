"""The specs of a scenario table and of its map."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_levers import check_each_once
from pipeline.study.check_specs import known_years, table_of_kind
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Closed, Name, Text
from pipeline.study.schema import lever_group
from pipeline.study.specs import FigureSpec, TableSpec
from pipeline.study.toml import problem, unknown_name

if TYPE_CHECKING:
    from pipeline.study.study import Study

End = Literal["high", "low"]


class Move(Closed):
    """What a scenario moves: a lever or a mechanism, in the provinces behind the target.

    target: `median`, `quartile` (the better one), or a value
    better: which end is the better one, by default low for challenges and high for everything else
    """

    variable: Name
    target: Literal["median", "quartile"] | float = "quartile"
    better: End | None = None
    label: Text | None = None

    def better_end(self, study: "Study") -> End:
        """Which end is the better one."""
        lever = self.variable in study.levers
        challenge = lever and lever_group(self.variable) == "challenges"
        return self.better or ("low" if challenge else "high")


class ScenarioTable(TableSpec):
    """The change in the outcome if lagging provinces were moved to a target; descriptive.

    path: share of the gap to the target closed after each coming year
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["scenario"]
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    moves: Annotated[list[Move], Field(min_length=1)]
    year: int | None = None
    path: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1)] = [1.0]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Moves are of levers or mechanisms, each once; the year is the study's; the path rises."""
        yield from check_each_once(file, "moves", [move.variable for move in self.moves])
        movable = [*study.lever_proxies, *self.mechanisms(study)]
        for i, move in enumerate(self.moves):
            if move.variable not in movable:
                where = Where(file=file, key=f"moves.{i}.variable")
                yield unknown_name(where, move.variable, movable, "move")
        yield from known_years(study, file, "year", [] if self.year is None else [self.year])
        if sorted(self.path) != self.path:
            where, found = Where(file=file, key="path"), str(self.path)
            expected = "shares of the gap that do not fall"
            yield problem("scenario-path", where, found, expected, "sort them")


class ScenarioMapFigure(FigureSpec):
    """A tile map of the gains by province of some moves of a scenario table."""

    kind: Literal["scenario_map"]
    table: str
    moves: Annotated[list[Name], Field(min_length=1, max_length=6)]

    def shows(self) -> list[str]:
        return [self.table]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The table is a scenario table that has the moves."""
        yield from table_of_kind(study, file, "table", self.table, ["scenario"])
        table = study.tables.get(f"tables/{self.table}")
        if isinstance(table, ScenarioTable):
            there = [move.variable for move in table.moves]
            for move in self.moves:
                if move not in there:
                    yield unknown_name(Where(file=file, key="moves"), move, there, "move")
