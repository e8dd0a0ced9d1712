"""The typed schema of what varies the effect: moderation, thresholds, quantiles, scenarios, the twelve levers, power."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.kinds.choices import Figure, ModelChoice
from pipeline.study.schema import Closed, Name, Text

Share = Annotated[float, Field(gt=0, lt=1)]


class Moderation(Closed):
    """Treatment x lever with main effects, one column a lever; `jointly` adds a row with all of them at once.

    levers: keys of levers.toml, or any variable (then taken in the same year, and warned about)
    """

    kind: Literal["moderation"]
    title: Text
    model: ModelChoice = ModelChoice()
    levers: Annotated[list[Name], Field(min_length=1)] | None = None
    jointly: bool = False
    remark: Text | None = None


class ModeratedMediation(Closed):
    """Which of a, b and direct a lever moves, and the index of moderated mediation; one column a pair [lever, mechanism]."""

    kind: Literal["moderated_mediation"]
    title: Text
    model: ModelChoice = ModelChoice()
    pairs: Annotated[
        list[Annotated[list[Name], Field(min_length=2, max_length=2)]], Field(min_length=1)
    ]
    moderates: Annotated[list[Literal["a", "b", "direct"]], Field(min_length=1)] = [
        "a",
        "b",
        "direct",
    ]
    remark: Text | None = None


class Threshold(Closed):
    """Hansen's threshold model in a lever, one column a lever, up to `thresholds` thresholds.

    trim: least share of the rows in a regime; minimum_provinces: least number of provinces with rows in a regime
    grid: at most so many candidate values; control_lever: the lever also enters by itself, unless the effects absorb it
    """

    kind: Literal["threshold"]
    title: Text
    model: ModelChoice = ModelChoice()
    levers: Annotated[list[Name], Field(min_length=1)]
    thresholds: Annotated[int, Field(ge=1, le=3)] = 1
    trim: Annotated[float, Field(gt=0, lt=0.5)] = 0.1
    minimum_provinces: Annotated[int, Field(ge=2)] = 6
    grid: Annotated[int, Field(ge=10)] = 400
    control_lever: bool = True
    draws: Annotated[int, Field(ge=99)] = 999
    remark: Text | None = None


class Quantiles(Closed):
    """The treatment along the conditional distribution of the outcome: quantiles via moments, one column a quantile."""

    kind: Literal["quantiles"]
    title: Text
    model: ModelChoice = ModelChoice()
    quantiles: Annotated[list[Share], Field(min_length=2, max_length=9)] = [
        0.1,
        0.25,
        0.5,
        0.75,
        0.9,
    ]
    draws: Annotated[int, Field(ge=99)] = 999
    remark: Text | None = None


class Move(Closed):
    """What a scenario moves: a lever or a mechanism, in the provinces behind the target.

    target: `median`, `quartile` (the better one), or a value; better: which end is the better one, by default low for
            challenges and high for everything else
    """

    variable: Name
    target: Literal["median", "quartile"] | float = "quartile"
    better: Literal["high", "low"] | None = None
    label: Text | None = None


class Scenario(Closed):
    """The change in the outcome if lagging provinces were moved to a target, by mechanism and province; descriptive.

    path: share of the gap to the target closed after each coming year
    """

    kind: Literal["scenario"]
    title: Text
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    moves: Annotated[list[Move], Field(min_length=1)]
    year: int | None = None
    path: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1)] = [1.0]
    remark: Text | None = None


class Levers(Closed):
    """The twelve rows: each challenge and path with its proxy, test, estimate, adjusted p-value and verdict."""

    kind: Literal["levers"]
    title: Text
    model: ModelChoice = ModelChoice()
    draws: Annotated[int, Field(ge=99)] = 9_999
    power: Share = 0.8
    remark: Text | None = None


class Power(Closed):
    """Minimum detectable effects of the treatment, of each a x b and of each interaction."""

    kind: Literal["power"]
    title: Text
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    levers: Annotated[list[Name], Field(min_length=1)] | None = None
    power: Share = 0.8
    draws: Annotated[int, Field(ge=99)] = 4_999
    remark: Text | None = None


class Theory(Closed):
    """The five elements of the theory, each with its proxy and its estimate.

    elements: efficiency, industrial structure, information and public services, each with the mechanism that stands for
              it; the fifth is the outcome with its dimensions
    """

    kind: Literal["theory"]
    title: Text
    elements: Annotated[dict[Literal["m1", "m2", "m3", "m4"], Name], Field(min_length=1)]
    remark: Text | None = None


class MarginalFigure(Figure):
    """The effect of the treatment across the range of levers, with its bands, above a histogram of the lever."""

    kind: Literal["marginal_effects"]
    levers: Annotated[list[Name], Field(min_length=1, max_length=12)]


class LikelihoodRatioFigure(Figure):
    """The likelihood ratio along the candidates of each threshold of a threshold table."""

    kind: Literal["likelihood_ratio"]
    table: str


class QuantileFigure(Figure):
    """The treatment's coefficient along the quantiles of a quantile table, with its band."""

    kind: Literal["quantile_process"]
    table: str


class ScenarioMapFigure(Figure):
    """A tile map of the gains by province of some moves of a scenario table."""

    kind: Literal["scenario_map"]
    table: str
    moves: Annotated[list[Name], Field(min_length=1, max_length=6)]


class LeversFigure(Figure):
    """The twelve rows as points with intervals and verdicts."""

    kind: Literal["lever_forest"]
    table: str


class TheoryFigure(Figure):
    """The theory as a diagram: every arrow with its estimate, levers attached to the arrows they move.

    table: a mediation table; levers: the twelve rows; parallel: a table with all mechanisms, for the direct effect
    """

    kind: Literal["theory_diagram"]
    table: str
    levers: str
    parallel: str | None = None
