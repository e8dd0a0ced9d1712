"""How an index is made, in words."""

from pipeline.report.say import Say
from pipeline.study.schema import IndexSpec
from pipeline.study.study import variant_label


def index_in_words(spec: IndexSpec, say: Say) -> str:
    """Normalisation, weights with their years, aggregation."""
    return say.list([say(f"normalise_{spec.normalise}"), weighed(spec, say), aggregated(spec, say)])


def normalised(spec: IndexSpec, say: Say) -> str:
    """`min-max values`, and on which years' range where the spec says so."""
    values = say(f"normalise_{spec.normalise}")
    if spec.reference is None:
        return say("directed", values=values)
    first, last = spec.reference
    return say("directed_on", values=values, first=first, last=last)


def weighed(spec: IndexSpec, say: Say) -> str:
    """`entropy weights over all years`."""
    weights = variant_label(spec.weights, say.language)
    return say("weighed", weights=weights, period=say(f"weights_{spec.period}"))


def aggregated(spec: IndexSpec, say: Say) -> str:
    """`a weighted sum`."""
    return say(f"aggregate_{spec.aggregate}")
