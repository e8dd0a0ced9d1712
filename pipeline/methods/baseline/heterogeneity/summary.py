"""What the report's first page says of a heterogeneity table."""

from pipeline.methods.baseline.heterogeneity.result import Result
from pipeline.methods.shown import Named
from pipeline.report.say import Say
from pipeline.results.estimate import SIZE


def summary(named: Named, say: Say) -> list[str]:
    """The coefficient of every group, and whether they differ by the test that decides."""
    result = named.result
    assert isinstance(result, Result)
    groups = [
        say(
            "group" if g.regression.treatment.differs else "group_not",
            label=g.label.in_language(say.language),
            value=say.number(g.regression.treatment.value),
        )
        for g in result.groups
    ]
    equality = result.equality
    verdict = say("rejected" if equality.p < SIZE else "not_rejected")
    return [
        say(
            "summary",
            table=say("table_ref", number=named.number),
            title=named.spec.title.in_language(say.language),
            treatment=say.label(result.groups[0].regression.model.treatment),
            groups=say.list(groups),
            verdict=verdict,
            test=say("name_bootstrap" if equality.permutation_p is None else "name_permutation"),
            p=say.p(equality.p),
        )
    ]
