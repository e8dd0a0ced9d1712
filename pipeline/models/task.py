"""What an estimator is given: a study, its panel, and the spec to estimate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.results.result import DataFacts
from pipeline.study.choices import ModelChoice
from pipeline.study.model import Model, resolve
from pipeline.study.specs import Spec
from pipeline.study.study import Study

S = TypeVar("S", bound=Spec, covariant=True)
Key = TypeVar("Key")
Part = TypeVar("Part")


@dataclass(frozen=True)
class Task(Generic[S]):
    """One spec of a study, to be estimated on a panel; `name` is its place, as
    `tables/02_baseline`."""

    study: Study
    panel: Panel
    name: str
    spec: S

    @property
    def file(self) -> str:
        """The spec's file, for findings."""
        return str(self.study.paths.specs / f"{self.name}.toml")

    @property
    def seed(self) -> int:
        return self.study.spec.seed

    @property
    def level(self) -> float:
        """The study's level of confidence."""
        return self.study.spec.bootstrap.level

    @property
    def draws(self) -> int:
        """How many bootstrap draws the study asks for."""
        return self.study.spec.bootstrap.draws

    def model(self, choice: ModelChoice | None = None, column: ModelChoice | None = None) -> Model:
        """The model of the choices, what they leave out from the study's roles."""
        return resolve(self.study, choice or ModelChoice(), column)

    @property
    def stream(self) -> str:
        """The name of the study's one stream of random draws.

        Every table draws the same, whatever its name and the place of its columns, so that one
        model has one interval and one p-value wherever it stands.
        """
        return "draws"

    def facts(self, variables: Iterable[str]) -> DataFacts:
        """What is known of the cells behind some variables."""
        return data_facts(self.study, self.panel, variables)

    def refusal(
        self,
        code: str,
        found: str,
        expected: str,
        remedy: str,
        *,
        key: str | None = None,
        variable: str | None = None,
    ) -> Rejected:
        """The refusal of this spec, to be raised."""
        where = Where(file=self.file, key=key, variable=variable)
        return Rejected([Finding(code, "error", where, found, expected, remedy)])


def data_facts(study: Study, panel: Panel, variables: Iterable[str]) -> DataFacts:
    """Filled and missing cells of the raw variables behind some variables, and whether the data are
    synthetic."""
    behind = {raw for v in variables for raw in study.raw_variables(v)}
    missing = {name: int(panel.frame[name].isna().sum()) for name in sorted(behind)}
    return DataFacts(
        synthetic=study.spec.synthetic,
        filled={name: cells for name, cells in panel.filled.items() if name in behind},
        missing={name: count for name, count in missing.items() if count},
    )


def collect(keys: Iterable[Key], make: Callable[[Key], Part]) -> dict[Key, Part]:
    """What `make` gives for every key, or Rejected with the problems of all keys that are refused,
    one that several have told once."""
    found: dict[Key, Part] = {}
    problems: list[Finding] = []
    for key in keys:
        try:
            found[key] = make(key)
        except Rejected as rejected:
            problems += rejected.findings
    if problems:
        raise Rejected(list(dict.fromkeys(problems)))
    return found


def columns(models: Iterable[Model], make: Callable[[Model], Part]) -> list[Part]:
    """What `make` gives for each column of a table; problems name their column, all of them
    together."""

    def one(numbered: tuple[int, Model]) -> Part:
        i, model = numbered
        try:
            return make(model)
        except Rejected as rejected:
            at = f"columns.{i}"
            moved = [replace(f, where=replace(f.where, key=at)) for f in rejected.findings]
            raise Rejected(moved) from None

    models = list(models)
    found = collect(range(len(models)), lambda i: one((i, models[i])))
    return list(found.values())
