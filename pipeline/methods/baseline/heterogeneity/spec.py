"""The spec of a heterogeneity table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_specs import group_labels, group_overlaps
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.closed import Name, Text
from pipeline.study.schema import Region
from pipeline.study.specs import TableSpec
from pipeline.study.toml import problem, unknown_name

if TYPE_CHECKING:
    from pipeline.study.study import Study


class HeterogeneityTable(TableSpec):
    """The model in each group, and the tests that the treatment's coefficients are equal.

    groups: a list of regions, or a sample (`{ side = "north" }`, `{ years = [2011, 2016] }`, `{
    high = ["openness"] }`);
            no unit-year in two groups
    minimum_provinces: a group with fewer is refused
    """

    random: ClassVar[bool] = True
    points: ClassVar[bool] = True

    kind: Literal["heterogeneity"]
    model: ModelChoice = ModelChoice()
    groups: Annotated[
        dict[Name, Annotated[list[Region], Field(min_length=1)] | Sample], Field(min_length=2)
    ]
    labels: dict[Name, Text]
    draws: Annotated[int, Field(ge=99)] = 1999
    minimum_provinces: Annotated[int, Field(ge=3)] = 6

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Groups have labels, share no region, and are not cut by what is explained; units have
        effects."""
        yield from group_labels(file, list(self.groups), list(self.labels))
        yield from group_overlaps(file, [g for g in self.groups.values() if isinstance(g, list)])
        sample = self.model.sample
        if sample and sample.regions:
            found, remedy = "regions in the sample", "remove regions from the sample"
            where = Where(file=file, key="model.sample")
            yield problem("group-sample", where, found, "groups alone choose regions", remedy)
        yield from self._halves(study, file)
        yield from self._effects(study, file)

    def _effects(self, study: "Study", file: str) -> Iterator[Finding]:
        """Differences and their tests are of models with unit effects: the columns must be too."""
        (model,) = self.models(study)
        if "province" not in model.effects:
            where, found = Where(file=file, key="model.effects"), str(model.effects)
            expected, remedy = "province effects in this kind of table", 'add "province"'
            yield problem("effects", where, found, expected, remedy)

    def _halves(self, study: "Study", file: str) -> Iterator[Finding]:
        """What groups are halved by exists and is neither outcome nor treatment of the table."""
        (model,) = self.models(study)
        samples = {f"groups.{g}": c for g, c in self.groups.items() if isinstance(c, Sample)}
        if self.model.sample:
            samples = {"model.sample": self.model.sample} | samples
        for key, sample in samples.items():
            where = Where(file=file, key=key)
            for name in [*sample.high, *sample.low]:
                if name not in study.variables:
                    yield unknown_name(where, name, study.variables)
                if name in (model.outcome, model.treatment):
                    found = f"halves by `{name}`, the outcome or the treatment"
                    expected = "halves by a variable that is neither"
                    remedy = "choose another variable: halves by either select on what is explained"
                    yield problem("group-role", where, found, expected, remedy)
