"""The spec of a table of moderated mediation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_levers import check_each_once, check_lever_names
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec
from pipeline.study.toml import problem, unknown_name

if TYPE_CHECKING:
    from pipeline.study.study import Study

Path = Literal["a", "b", "direct"]


class ModeratedMediationTable(TableSpec):
    """Which of a, b and direct a lever moves, and the index of moderated mediation.

    pairs: [lever, mechanism], one a column; moderates: the paths that the levers may move
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["moderated_mediation"]
    model: ModelChoice = ModelChoice()
    pairs: Annotated[
        list[Annotated[list[Name], Field(min_length=2, max_length=2)]], Field(min_length=1)
    ]
    moderates: Annotated[list[Path], Field(min_length=1)] = ["a", "b", "direct"]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Each pair stands once, its lever can be one, and its mechanism plays no other part."""
        yield from check_each_once(file, "pairs", [" x ".join(pair) for pair in self.pairs])
        for i, (lever, mechanism) in enumerate(self.pairs):
            where = Where(file=file, key=f"pairs.{i}")
            yield from check_lever_names(study, where, [lever])
            misplaced = list(self._misplaced(study, where, lever, mechanism))
            yield from misplaced
            if sound and not misplaced:
                yield from _shared(study, where, lever, mechanism)

    def _misplaced(
        self, study: "Study", where: Where, lever: str, mechanism: str
    ) -> Iterator[Finding]:
        """A mechanism that is no variable, or plays another part."""
        (model,) = self.models(study)
        if mechanism not in study.variables:
            yield unknown_name(where, mechanism, study.variables)
        elif lever == mechanism:
            expected = "a lever and another variable as mechanism"
            yield problem(
                "role-twice", where, f"`{lever}` moderates itself", expected, "change one"
            )
        elif mechanism in study.levers:
            found, remedy = f"the mechanism `{mechanism}` is a lever", "choose another mechanism"
            yield problem("lever-is-role", where, found, "a mechanism that is no lever", remedy)
        elif mechanism in model.variables:
            found = f"the mechanism `{mechanism}` is also outcome, treatment or a control"
            remedy = "choose another mechanism, or drop it from the controls of this table"
            yield problem("role-twice", where, found, "one part a variable", remedy)


def _shared(study: "Study", where: Where, lever: str, mechanism: str) -> Iterator[Finding]:
    """Raw indicators that enter both the lever's proxy and the mechanism."""
    proxy = study.lever_proxies.get(lever, lever)
    if proxy not in study.variables - study.lever_proxies.keys():
        return
    both = study.raw_indicators(proxy) & study.raw_indicators(mechanism)
    if both := both - set(study.spec.roles.acknowledged_overlap):
        shared = ", ".join(sorted(both))
        found = f"`{shared}` enters the lever `{lever}` and the mechanism `{mechanism}`"
        remedy = "choose another pair, or list it in roles.acknowledged_overlap and defend it"
        expected = "each raw indicator in one role"
        yield problem("indicator-in-two-roles", where, found, expected, remedy)
