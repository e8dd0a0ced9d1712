"""The convergence table: sigma above, beta below."""

from pipeline.methods.distribution.convergence.result import Beta, Dispersion, Result
from pipeline.methods.distribution.convergence.spec import ConvergenceTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import (
    Cell,
    Coefficient,
    Count,
    Heading,
    Number,
    Panel,
    PValue,
    Row,
    Table,
    Words,
)


def table(result: Result, spec: ConvergenceTable, say: Say) -> Table:
    """Sigma: first year, last year, trend; beta: coefficient, speed, half-life."""
    heads = [str(result.years[0]), str(result.years[-1]), say("trend"), say("error"), say("p")]
    below = [Words(say(key)) for key in ("b", "error", "speed", "half_life", "observations")]
    conditional = "conditional_controls" if result.controls else "conditional"
    rows = (
        Panel(say("sigma")),
        Row("log_sd", say("log_sd"), _sigma(result.log_sd)),
        Row("variation", say("variation"), _sigma(result.variation)),
        Panel(say("beta"), rule_above=True),
        Row("beta", "", tuple(below)),
        Row("absolute", say("absolute"), _beta(result.absolute)),
        Row("conditional", say(conditional), _beta(result.conditional)),
        Row("corrected", say("corrected"), _beta(result.corrected)),
    )
    told = (notes.STARS, _note(result, say), *notes.data(say, result.data))
    return Table("", (tuple(map(Heading, heads)),), rows, told)


def _sigma(of: Dispersion) -> tuple[Cell, ...]:
    ends = (Number(of.path[0], "coefficients"), Number(of.path[-1], "coefficients"))
    trend = Coefficient(of.trend, alone=True)
    return (
        *ends,
        trend,
        Number(of.trend.error, "coefficients", brackets=True),
        PValue(of.trend.decides),
    )


def _beta(of: Beta) -> tuple[Cell, ...]:
    speed = None if of.speed is None else 100 * of.speed
    return (
        Coefficient(of.b, alone=True),
        Number(of.b.error, "coefficients", brackets=True),
        Number(speed, 2),
        Number(of.half_life, 1),
        Count(of.observations),
    )


def _note(result: Result, say: Say) -> str:
    dropped = say("dropped", units=say.provinces(result.dropped)) if result.dropped else ""
    controls = say("with_controls", controls=say.labels(result.controls)) if result.controls else ""
    return say(
        "methods",
        first=result.years[0],
        last=result.years[-1],
        units=result.units,
        dropped=dropped,
        df_sigma=result.units - 1,
        df=result.df,
        controls=controls,
        growth=len(result.years) - 1,
        draws=result.draws.used,
        seed=result.draws.seed,
    )
