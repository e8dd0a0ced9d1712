"""One spec of every kind that estimates, with few draws, and panels of which some part is
degenerate."""

from dataclasses import dataclass, fields, is_dataclass, replace

import numpy as np

from pipeline.methods import reads
from pipeline.methods.run import estimate, estimates
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Interval
from pipeline.study.model import Model
from pipeline.study.schema import IndexSpec

DRAWS = 99
# The demo's province that alone moves a treatment.
BEIJING = 110000


def few_draws(study):
    """The study with few draws."""
    bootstrap = study.spec.bootstrap.model_copy(update={"draws": DRAWS})
    return replace(study, spec=study.spec.model_copy(update={"bootstrap": bootstrap}))


def specs(study):
    """Kind -> name and spec of the first table or figure of it that has results of its own."""
    found = {}
    for name, spec in {**study.tables, **study.figures}.items():
        if estimates(name, spec) and spec.kind not in found:
            drawn = "draws" in type(spec).model_fields
            own = spec.model_copy(update={"draws": DRAWS}) if drawn else spec
            found[spec.kind] = name, own
    return found


@dataclass(frozen=True)
class Bench:
    """A study with few draws, its panel and its specs by kind."""

    study: object
    panel: object
    specs: dict

    def uses(self, kind, variable):
        """Whether a kind reads a variable."""
        return variable in reads.columns(self.study, self.specs[kind][1])

    def run(self, kind, **columns):
        """The result on the panel with some columns replaced, or the findings it is refused
        with."""
        name, spec = self.specs[kind]
        panel = replace(self.panel, frame=self.panel.frame.assign(**columns))
        try:
            with np.errstate(all="ignore"):
                return estimate(self.study, panel, name, spec)
        except Rejected as rejected:
            return list(rejected.findings)


def first_of(frame, variable):
    """A variable fixed at each unit's first value."""
    return frame.groupby(level="province")[variable].transform("first")


def alone(frame, variable):
    """A variable that moves in one unit alone."""
    here = frame.index.get_level_values("province") == BEIJING
    return frame[variable].where(here, float(frame[variable].mean()))


def numbers(value, name=""):
    """Every float of a result with its place, as the estimator left it."""
    if isinstance(value, Model | IndexSpec):
        return
    if is_dataclass(value):
        for field in fields(value):
            if field.name != "data":
                yield from numbers(getattr(value, field.name), f"{name}.{field.name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from numbers(item, f"{name}.{i}")
    elif isinstance(value, float):
        yield name, value


def unitless(result):
    """The numbers of a result that do not depend on units of measurement: t, and p-values."""
    ends = ("statistic", "p", "few")
    return {
        place: value
        for place, value in numbers(result)
        if (last := place.rpartition(".")[2]) in ends or last.endswith("_p")
    }


def drawn(value):
    """Every interval of a result that is made of bootstrap draws."""
    if isinstance(value, Interval):
        return [value] if value.kind in ("percentile", "bca", "studentised") else []
    if isinstance(value, dict):
        value = list(value.values())
    elif is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    return [i for item in value for i in drawn(item)] if isinstance(value, list) else []
