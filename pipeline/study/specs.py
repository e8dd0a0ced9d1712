"""What every table and figure spec has, and what a method declares of itself in its spec."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from pipeline.panel.finding import Finding
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Closed, Text
from pipeline.study.model import Model, resolve
from pipeline.study.style import Style

if TYPE_CHECKING:
    from pipeline.study.study import Study


class Spec(Closed):
    """A table or figure spec. The class of a kind says, in code that the study's checks read, what
    the kind needs.

    random: it draws at random, so that the manifest lists its seed
    pooled: its results on the draws of a multiple imputation can be pooled by Rubin's rules
    two_way: its models absorb unit and year effects
    """

    random: ClassVar[bool] = False
    pooled: ClassVar[bool] = True
    two_way: ClassVar[bool] = False

    kind: str
    title: Text

    def uses(self, study: "Study") -> set[str]:
        """Every variable behind the result: those the spec names, and those of its models and
        mechanisms."""
        named = {text for text in _texts(self) if text in study.variables}
        return named.union(
            *(model.variables for model in self.models(study)), self.mechanisms(study)
        )

    def models(self, study: "Study") -> list[Model]:
        """The models that the spec estimates, resolved: its `columns`, else its `model`, else
        none."""
        if "model" not in type(self).model_fields:
            return []
        base: ModelChoice = getattr(self, "model")  # noqa: B009  # a field of some kinds
        columns = [c for c in getattr(self, "columns", []) if isinstance(c, ModelChoice)]
        return [resolve(study, base, column) for column in columns] or [resolve(study, base)]

    def mechanisms(self, study: "Study") -> list[str]:
        """The mediators: the spec's own, else the study's; none for kinds without any."""
        if "mediators" not in type(self).model_fields:
            return []
        own: list[str] | None = getattr(self, "mediators")  # noqa: B009
        return list(study.spec.roles.mediators if own is None else own)

    def decomposes(self, study: "Study") -> bool:
        """Whether it estimates the relation of mechanisms with the outcome too, and a x b."""
        return bool(self.mechanisms(study))

    def shows(self) -> list[str]:
        """The tables whose results it shows, by stem; a figure that shows none estimates by
        itself."""
        return []

    def files(self, study: "Study") -> list[str]:
        """Files of the data folder that the method reads beside the panel (the truth of a synthetic
        study)."""
        return []

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """What this kind checks of itself beyond names and samples; formulas can be followed only
        where `sound`."""
        yield from ()


class TableSpec(Spec):
    """What every table spec has: a remark under it, and how it is printed where the study's style
    does not fit.

    headline: one of its columns may answer the study's question
    points: its results have points that a figure of coefficients can draw
    identifies: it brings variation of the treatment from outside (an instrument, a policy)
    """

    headline: ClassVar[bool] = False
    points: ClassVar[bool] = False
    identifies: ClassVar[bool] = False

    remark: Text | None = None
    style: Style = Style()


class FigureSpec(Spec):
    """What every figure spec has: `after` names the table it follows in the report."""

    after: str | None = None


def _texts(value: object) -> Iterator[str]:
    """Every name in a spec, keys too; words for readers and styles name nothing."""
    match value:
        case Text() | Style():
            return
        case str():
            yield from re.findall(r"[a-z][a-z0-9_]*", value)
        case BaseModel():
            for key in type(value).model_fields:
                yield from _texts(getattr(value, key))
        case dict():
            for key, item in value.items():
                yield from _texts(key)
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)
