"""The specs of the table of the theory's elements and of its diagram."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_specs import table_of_kind, twice
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name, Text
from pipeline.study.model import Model, resolve
from pipeline.study.specs import FigureSpec, TableSpec
from pipeline.study.toml import problem, unknown_name

if TYPE_CHECKING:
    from pipeline.study.study import Study

Element = Annotated[str, Field(pattern=r"^m[1-9][0-9]?$")]
# The key of the outcome among labels and drivers.
OUTCOME = "outcome"


class TheoryTable(TableSpec):
    """The elements of the theory, each with its proxy and its estimate; the last one is the
    outcome.

    elements: the mechanism that stands for each (m1, m2, ...)
    labels, drivers: of the elements and of `outcome`; by default the labels of what stands for
    them, and no drivers
    """

    random: ClassVar[bool] = True
    pooled: ClassVar[bool] = False

    kind: Literal["theory"]
    elements: Annotated[dict[Element, Name], Field(min_length=1)]
    labels: dict[Name, Text] = {}
    drivers: dict[Name, Text] = {}

    def models(self, study: "Study") -> list[Model]:
        """The study's model."""
        return [resolve(study, ModelChoice())]

    def mechanisms(self, study: "Study") -> list[str]:
        """The study's mediators: the draws are those of all of them."""
        return list(study.spec.roles.mediators)

    def dimensions(self, study: "Study") -> list[str]:
        """The columns of the outcome's dimensions, where it is an index."""
        outcome = study.spec.roles.outcome
        index = study.indices.get(outcome)
        return [f"{outcome}_{name}" for name in index.dimensions] if index else []

    def uses(self, study: "Study") -> set[str]:
        """Also the dimensions of the outcome."""
        return super().uses(study) | set(self.dimensions(study))

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Elements are mechanisms of the study, each another one; labels and drivers are theirs."""
        mediators = study.spec.roles.mediators
        for key, name in self.elements.items():
            if name not in mediators:
                where = Where(file=file, key=f"elements.{key}")
                yield unknown_name(where, name, mediators, "mechanism")
        for name in twice(self.elements.values()):
            found = f"`{name}` stands for more than one element"
            where = Where(file=file, key="elements")
            expected = "a mechanism of its own for each element"
            yield problem("role-twice", where, found, expected, "change one")
        there = [*self.elements, OUTCOME]
        for part, texts in (("labels", self.labels), ("drivers", self.drivers)):
            for key in texts:
                if key not in there:
                    yield unknown_name(Where(file=file, key=f"{part}.{key}"), key, there, "element")


class TheoryFigure(FigureSpec):
    """The theory as a diagram: every arrow with its estimate, levers attached to the arrows they
    move.

    table: a three-step mediation table; levers: a table of all levers
    parallel: a table with all mechanisms, for the direct effect
    """

    kind: Literal["theory_diagram"]
    table: str
    levers: str | None = None
    parallel: str | None = None

    def shows(self) -> list[str]:
        return [name for name in (self.table, self.levers, self.parallel) if name is not None]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Each table is of its kind, and the mechanisms' has both steps."""
        yield from table_of_kind(study, file, "table", self.table, ["mediation"])
        table = study.tables.get(f"tables/{self.table}")
        if getattr(table, "design", "three-step") != "three-step":
            where, found = Where(file=file, key="table"), f"`{self.table}` has the first step alone"
            expected, remedy = "a three-step mediation table", 'set design = "three-step" there'
            yield problem("figure-table", where, found, expected, remedy)
        if self.levers is not None:
            yield from table_of_kind(study, file, "levers", self.levers, ["levers"])
        if self.parallel is not None:
            yield from table_of_kind(study, file, "parallel", self.parallel, ["parallel"])
