"""What is said of a text that stands where a province should and is none."""

from pipeline.panel.finding import Finding, Where
from pipeline.panel.places import Place
from pipeline.panel.provinces import nearest_names

_EXPECTED = "a name of one of the 31 provincial units"


def no_province(text: str, place: Place | None, where: Where) -> Finding:
    """The finding about a text, which names `place` of another kind, or nothing that is known."""
    if not text:
        return Finding(
            "unknown-province",
            "error",
            where,
            "an empty cell where the province should be",
            "a province in every row",
            "merged cells keep their value in the first row only: unmerge them "
            "and fill the name down",
        )
    if place is not None:
        return Finding(
            "not-a-province",
            "error",
            where,
            f"`{text}` is a {place.kind}",
            _EXPECTED,
            "a study has provinces as its units: delete the row, or take provincial data",
        )
    close = nearest_names(text)
    remedy = (
        f"did you mean {' or '.join(close)}? Correct the name in every row of the file"
        if close
        else "correct the name, or delete the row if it is not one of the 31 provincial units"
    )
    return Finding("unknown-province", "error", where, f"`{text}`", _EXPECTED, remedy)
