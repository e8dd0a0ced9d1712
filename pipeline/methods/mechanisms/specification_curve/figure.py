"""The figure of the specification curve: sorted estimates above the choices that make them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.methods.mechanisms.specification_curve.result import Result, Specification
from pipeline.methods.mechanisms.specification_curve.spec import SpecificationCurve
from pipeline.methods.shown import Shown
from pipeline.report.numbers import typographic
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, MUTED, WARM, panels
from pipeline.report.say import Say
from pipeline.results.estimate import SIZE

_WIDTH, _TYPE = 7.0, 8.5
# A choice's name: how wide, in type of which size, and how high one line is.
_NAME, _SMALL, _ROW = 2.6, 7.0, 0.2
# A choice's name, and which models (in their order) made it.
_Choice = tuple[str, NDArray[np.bool_]]


def figure(shown: Shown, spec: SpecificationCurve, say: Say) -> Figure:
    """Upper panel: sorted estimates with intervals; lower: which choices each model makes; above
    both the joint test."""
    result = shown.mine(Result)
    choices = _choices(result.specifications, spec, say)
    below = _ROW * -_heights(choices)[1]
    picture, (top, bottom) = panels(
        _WIDTH, 3.2 + below, 2, share_x=True, heights=(2.6, below + 0.2)
    )
    _estimates(top, result.specifications)
    treatments = dict.fromkeys(s.treatment for s in result.specifications)
    several = len(treatments) > 1 or len({s.outcome for s in result.specifications}) > 1
    label = say("axis_several") if several else say("axis", treatment=say.labels(treatments))
    top.set_ylabel(fitted(label, 2.1, 8), fontsize=8)
    _marks(bottom, choices, len(result.specifications))
    bottom.set_xlabel(say("models_sorted"))
    picture.suptitle(_title(result, say), fontsize=_TYPE, x=0.01, ha="left")
    return picture


def _title(result: Result, say: Say) -> str:
    """How many models, their median, how many differ from zero, and the joint test: in lines that
    fit the figure."""
    parts = [
        say(
            "found",
            models=len(result.specifications),
            median=say.number(result.median),
            differing=result.differing,
            size=say.level(SIZE),
        ),
        say("joint", models=result.joint.models, p=say.p(result.joint.p_median)),
    ]
    return fitted("\n".join(map(typographic, parts)), 0.96 * _WIDTH, _TYPE)


def _choices(models: list[Specification], spec: SpecificationCurve, say: Say) -> list[_Choice]:
    """A row a choice; parts of the spec with one choice alone are left out."""
    found: list[_Choice] = []

    def add(options: list[str], label: list[str], chosen: list[str]) -> None:
        if len(options) > 1:
            found.extend(
                (name, np.array([c == option for c in chosen]))
                for option, name in zip(options, label, strict=True)
            )

    add(spec.outcomes, [say.label(y) for y in spec.outcomes], [m.outcome for m in models])
    add(spec.treatments, [say.label(x) for x in spec.treatments], [m.treatment for m in models])
    samples = list(spec.samples)
    add(samples, [_sample(spec, key, say) for key in samples], [m.sample for m in models])
    effects = [str(e) for e in spec.effects]
    add(effects, [say(e) for e in effects], [m.effects for m in models])
    controls = [(say.label(c), np.array([c in m.controls for m in models])) for c in spec.controls]
    return [(fitted(name, _NAME, _SMALL), on) for name, on in (*found, *controls)]


def _heights(choices: list[_Choice]) -> tuple[list[float], float]:
    """Where the rows stand, each as high as its name, and where the next would, in lines."""
    at, y = list[float](), 0.0
    for name, _ in choices:
        more = beyond([name], _SMALL, lines=1) / _ROW
        at.append(y - more / 2)
        y -= 1 + more
    return at, y


def _sample(spec: SpecificationCurve, key: str, say: Say) -> str:
    label = spec.sample_labels.get(key)
    return label.in_language(say.language) if label else key.replace("_", " ")


def _estimates(axes: Axes, models: list[Specification]) -> None:
    """Estimates with intervals, in colour where they differ from zero."""
    at = np.arange(len(models))
    estimates = [m.estimate for m in models]
    values, low, high = (
        np.array([getattr(e, part) for e in estimates], float) for part in ("value", "low", "high")
    )
    clear = np.array([e.differs for e in estimates])
    thin = max(0.2, min(1.2, 250 / len(at)))
    for on, colour in ((clear, ACCENT), (~clear, MUTED)):
        axes.vlines(at[on], low[on], high[on], color=colour, lw=thin, alpha=0.45)
        axes.plot(at[on], values[on], ".", color=colour, ms=2.5)
    axes.axhline(0, color=WARM, lw=0.8)


def _marks(axes: Axes, choices: list[_Choice], models: int) -> None:
    """A mark for every model that makes a choice."""
    thin = max(0.15, min(0.8, 200 / models))
    rows, _ = _heights(choices)
    for row, (_, on) in zip(rows, choices, strict=True):
        at = np.flatnonzero(on)
        axes.plot(at, np.full(len(at), row), "|", color=ACCENT, ms=4, mew=thin)
    axes.set_yticks(rows, [name for name, _ in choices], fontsize=_SMALL)
    axes.tick_params(axis="y", length=0)
