"""What a referee would say of the weights of an index."""

from pipeline.methods.laboratory.index_system.result import Result
from pipeline.methods.shown import Named
from pipeline.report.say import Say


def cautions(named: Named, say: Say) -> list[str]:
    """Weights that later years enter, and that are themselves estimated; nothing where they are
    given."""
    result = named.result
    assert isinstance(result, Result)
    if not result.from_data:
        return []
    table, index = say("table_ref", number=named.number), say.label(result.index)
    ahead = say("looks_ahead", index=index) if result.looks_ahead else ""
    return [say.sentences([ahead, say("is_estimated", index=index, table=table)])]
