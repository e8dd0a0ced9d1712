"""Under which number a table or figure is printed."""

from pipeline.study.study import Study

# Specs whose names begin with this or more stand in the appendix.
_APPENDIX = "90"


def table_numbers(study: Study) -> dict[str, str]:
    """Spec name -> number: 1, 2, ... in order of file names; specs numbered 90 and above are A1,
    A2, ...
    """
    numbers: dict[str, str] = {}
    body = appendix = 0
    for name in study.tables:
        if name.split("/")[1] >= _APPENDIX:
            appendix += 1
            numbers[name] = f"A{appendix}"
        else:
            body += 1
            numbers[name] = str(body)
    return numbers


def figures_after(study: Study, table: str | None) -> list[str]:
    """Figures that follow a table in the report, or those that follow none."""
    stem = table.split("/")[1] if table else None
    return [name for name, spec in study.figures.items() if spec.after == stem]


def figure_numbers(study: Study) -> dict[str, str]:
    """Spec name -> number of the figure, in the order in which the report shows them."""
    order = [f for name in [*study.tables, None] for f in figures_after(study, name)]
    return {name: str(i) for i, name in enumerate(order, start=1)}
