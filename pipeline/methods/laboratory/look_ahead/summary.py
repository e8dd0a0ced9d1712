"""What a referee would say of weights that know the future."""

from pipeline.methods.laboratory.look_ahead.result import Result
from pipeline.methods.shown import Named
from pipeline.report.say import Say


def cautions(named: Named, say: Say) -> list[str]:
    """The standardised coefficient of every column, and whether any has another sign than the
    pooled one."""
    result = named.result
    assert isinstance(result, Result)
    columns = [
        say(
            "column",
            knowledge=say(f"with_{c.knowledge}", base_year=result.base_year),
            value=say.number(c.standardised),
            column=say("column_ref", column=i),
        )
        for i, c in enumerate(result.columns, 1)
    ]
    opposed = [f"({i})" for i in result.opposed]
    told = say(
        "standardised_columns",
        table=say("table_ref", number=named.number),
        treatment=say.label(result.model.treatment),
        outcome=say.label(result.model.outcome),
        columns=say.clauses(columns),
    )
    sign = say("sign_changes", columns=say.list(opposed)) if opposed else say("sign_stays")
    return [say.sentences([told, sign])]
