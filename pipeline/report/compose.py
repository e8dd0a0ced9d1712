"""Table and style to printed page: rows chosen, cells printed, notes worded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.report.cells import below, coefficients, printed
from pipeline.report.journals import Printing
from pipeline.report.page import Line, Page
from pipeline.report.say import Say
from pipeline.report.standing import standing
from pipeline.report.table import About, Heading, Note, Panel, Row, Standing, Table
from pipeline.study.specs import TableSpec
from pipeline.study.style import Span
from pipeline.study.toml import problem


@dataclass(frozen=True)
class _Block:
    """Rows that a rule or a heading opens; styles choose and order rows inside a block."""

    panel: Panel | None
    rule_above: bool
    rows: tuple[Row, ...]


def compose(
    table: Table, style: Printing, say: Say, *, name: str, number: str, spec: TableSpec
) -> Page:
    """The page of a table. spec: whose title and remark it bears.

    name: `tables/02_baseline`; number: `2`, `A1`

    Raises Rejected where the style names rows or columns that the table has not.
    """
    problems = [*_unknown_rows(table, style, name), *_impossible_spans(table, style, name)]
    if problems:
        raise Rejected(problems)
    blocks = _kept(table, style)
    title = spec.title.in_language(say.language)
    notes = _notes(table, rows_kept(table, style), style, say, spec)
    lead = [style.journal.lead.in_language(say.language)] if notes else []
    return Page(
        name=name,
        number=number,
        title=title,
        caption=say("caption", number=number, title=title),
        continued=say("continued", title=title),
        stub=table.stub,
        headings=(*_spanning(style.spans, table.columns, say.language), *table.headings),
        lines=tuple(line for b in blocks for line in _block(b, style, say)),
        notes=notes,
        note=say.sentences([*lead, *notes]),
        language=say.language,
        journal=style.journal,
    )


def rows_kept(table: Table, style: Printing) -> list[Row]:
    """The rows that the style prints."""
    return [row for block in _kept(table, style) for row in block.rows]


def _kept(table: Table, style: Printing) -> list[_Block]:
    return [b for b in (_chosen(b, style) for b in _blocks(table)) if b.rows]


def _notes(
    table: Table, rows: Sequence[Row], style: Printing, say: Say, spec: TableSpec
) -> tuple[str, ...]:
    """The remark first, the method's notes with the style's among them, own notes last."""
    remark = [spec.remark.in_language(say.language)] if spec.remark else []
    own = [note.in_language(say.language) for note in style.notes]
    told = [_note(note, rows, style, say) for note in table.notes]
    return tuple(note for note in (*remark, *told, *own) if note)


def _note(note: Note, rows: Sequence[Row], style: Printing, say: Say) -> str:
    """The words of a note; empty where what it speaks of is not printed."""
    match note:
        case str():
            return note
        case About(keys, text, shown):
            told = style.below in shown and any(row.key in keys for row in rows)
            return text if told else ""
        case Standing():
            judged = coefficients([cell for row in rows for cell in row.cells])
            return standing(note, judged, style, say)


def _blocks(table: Table) -> Iterator[_Block]:
    """The blocks of a table: what stands between rules and headings."""
    panel, rule, rows = None, False, list[Row]()
    for item in table.rows:
        if isinstance(item, Panel) or item.rule_above:
            yield _Block(panel, rule, tuple(rows))
            panel, rule, rows = None, item.rule_above, []
        if isinstance(item, Panel):
            panel = item
        else:
            rows.append(item)
    yield _Block(panel, rule, tuple(rows))


def _chosen(block: _Block, style: Printing) -> _Block:
    """The block's rows that the style keeps, in its order."""
    kept = [
        row
        for row in block.rows
        if (style.keep is None or _among(row, style.keep)) and not _among(row, style.drop)
    ]
    return replace(block, rows=tuple(sorted(kept, key=lambda row: _rank(row, style.order))))


def _among(row: Row, keys: Sequence[str]) -> bool:
    """Whether keys name the row: `x` also names `x/p`, a row that follows x."""
    return any(row.key == key or row.key.startswith(f"{key}/") for key in keys)


def _rank(row: Row, order: Sequence[str]) -> int:
    """The place of a row that the order names; others come after, as they stand."""
    return next((i for i, key in enumerate(order) if _among(row, [key])), len(order))


def _block(block: _Block, style: Printing, say: Say) -> Iterator[Line]:
    if block.panel is not None:
        yield Line(block.panel.label, kind="panel", rule_above=block.rule_above)
    opening = block.rule_above and block.panel is None
    for row in block.rows:
        yield from _row(row, style, say, opening)
        opening = False


def _row(row: Row, style: Printing, say: Say, opening: bool) -> Iterator[Line]:
    """The row's line, and the line of what stands below its coefficients where anything does."""
    label = (
        style.rename[row.key].in_language(say.language) if row.key in style.rename else row.label
    )
    yield Line(label, tuple(printed(c, style) for c in row.cells), rule_above=opening)
    under = tuple(below(c, style) for c in row.cells)
    if style.below != "none" and any(c.text for c in under):
        yield Line("", under, kind=style.below, aside=say(style.below, level=say.level()))


def _spanning(
    spans: Sequence[Span], columns: int, language: str
) -> tuple[tuple[Heading, ...], ...]:
    """The row of headings that the style puts above several columns each."""
    if not spans:
        return ()
    row, at = list[Heading](), 1
    for span in sorted(spans, key=lambda s: s.columns):
        first, last = span.columns
        row += [Heading("")] * (first - at)
        row.append(Heading(span.label.in_language(language), last - first + 1))
        at = last + 1
    return ((*row, *[Heading("")] * (columns - at + 1)),)


def _unknown_rows(table: Table, style: Printing, name: str) -> Iterator[Finding]:
    """Rows that the table's own style names and the table has not."""
    rows = [row for row in table.rows if isinstance(row, Row)]
    for key in sorted(style.own):
        if not any(_among(row, [key]) for row in rows):
            yield problem(
                "unknown-row",
                Where(file=f"{name}.toml", key="style"),
                f"no row `{key}`",
                f"one of: {', '.join(dict.fromkeys(row.key for row in rows))}",
                "name rows of this table, or leave the key out",
            )


def _impossible_spans(table: Table, style: Printing, name: str) -> Iterator[Finding]:
    """Headings over columns that the table has not, or that overlap."""
    at = 0
    for first, last in sorted((s.columns[0], s.columns[1]) for s in style.spans):
        if not at < first <= last <= table.columns:
            yield problem(
                "impossible-span",
                Where(file=f"{name}.toml", key="style.spans"),
                f"a heading above columns {first} to {last}",
                f"columns between {at + 1} and {table.columns}, each under one heading",
                "correct the columns of the heading",
            )
        at = last
