"""Read CSV specs into their schema row by row, with every problem as a finding with its line."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.panel.csv_text import plain_cell
from pipeline.panel.finding import Finding, Where
from pipeline.study.spec_file import LONGEST, read_utf8
from pipeline.study.toml import problem, schema_problems, told

Row = TypeVar("Row", bound=BaseModel)


def read_rows(path: Path, schema: type[Row], problems: list[Finding]) -> list[tuple[int, Row]]:
    """The rows of a csv spec as (line number, row); empty cells count as absent."""
    text = read_utf8(path, "save the file as CSV UTF-8", problems)
    if text is None:
        return []
    try:
        (_, header), *lines = _lines(text)
    except csv.Error as error:
        where, remedy = Where(file=str(path)), "is a quotation mark never closed?"
        problems.append(problem("spec-syntax", where, str(error), "a csv table", remedy))
        return []
    if wrong := _header_problem(path, header, schema):
        problems.append(wrong)
        return []
    rows: list[tuple[int, Row]] = []
    wrong_rows: list[Finding] = []
    for line, cells in lines:
        found = _row(path, line, header, cells, schema)
        if isinstance(found, list):
            wrong_rows += found
        else:
            rows.append((line, found))
    problems += told(wrong_rows, len(wrong_rows), path)
    return rows


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The header, stripped, and the rows that are not empty, each with its line."""
    reader = csv.reader(io.StringIO(text))
    yield 1, [cell.strip() for cell in next(reader, [])]
    for cells in filter(None, reader):
        yield reader.line_num, cells


def _header_problem(path: Path, header: Sequence[str], schema: type[Row]) -> Finding | None:
    required = {name for name, f in schema.model_fields.items() if f.is_required()}
    wrong = [f"no column `{name}`" for name in sorted(required - set(header))]
    wrong += [f"unknown column `{name}`" for name in header if name not in schema.model_fields]
    if header and not wrong:
        return None
    semicolons = any(";" in name for name in header)
    remedy = "save it with commas" if semicolons else "correct the first line"
    found, where = "; ".join(wrong) or "an empty file", Where(file=str(path), line=1)
    expected = f"the columns {', '.join(schema.model_fields)}"
    return problem("spec-columns", where, found, expected, remedy)


def _row(
    path: Path, line: int, header: Sequence[str], cells: Sequence[str], schema: type[Row]
) -> Row | list[Finding]:
    """One row by its schema, or what is wrong with it."""
    if len(cells) > len(header):
        where, remedy = Where(file=str(path), line=line), "quote cells that hold commas"
        counts = f"{len(cells)} cells", f"{len(header)} cells"
        return [problem("spec-row", where, *counts, remedy)]
    if long := [len(cell) for cell in cells if len(cell) > LONGEST]:
        where, found = Where(file=str(path), line=line), f"a cell of {long[0]:,} characters"
        expected, remedy = f"at most {LONGEST:,}", "is a quotation mark never closed?"
        return [problem("spec-length", where, found, expected, remedy)]
    pairs = zip(header, cells, strict=False)
    given = {key: plain_cell(cell.strip()) for key, cell in pairs if cell.strip()}
    try:
        return TypeAdapter(schema).validate_strings(given)
    except ValidationError as error:
        return list(schema_problems(error, path, schema, lambda _: line))
