"""Read TOML and CSV specs into their schema, with every problem as a finding that names file, line and key."""

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.panel.csv_text import plain_cell
from pipeline.panel.finding import Finding, Where

Row = TypeVar("Row", bound=BaseModel)


def problem(code: str, where: Where, found: str, expected: str, remedy: str) -> Finding:
    """A spec problem: always an error."""
    return Finding(code, "error", where, found, expected, remedy)


def unknown_name(where: Where, name: str, known: Iterable[str], what: str = "variable") -> Finding:
    """The finding for a name that does not exist, with the nearest one that does."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    remedy = f"did you mean `{close[0]}`?" if close else f"use one of: {', '.join(names[:12])}"
    return problem(
        f"unknown-{what}",
        where,
        f"no {what} `{name}`",
        f"{'an' if what[0] in 'aeiou' else 'a'} {what} that the study declares",
        remedy,
    )


def read_toml(path: Path, schema: Any, problems: list[Finding]) -> Any:
    """The file at `path` as `schema`, or None with what is wrong appended to `problems`."""
    document = read_document(path, problems)
    return None if document is None else as_schema(document, schema, problems)


@dataclass(frozen=True)
class Document:
    """A TOML file: its text and what it says."""

    path: Path
    text: str
    content: dict[str, Any]


def read_document(path: Path, problems: list[Finding]) -> Document | None:
    """The TOML file at `path`, or None with what is wrong appended to `problems`."""
    if not path.exists():
        problems.append(_missing(path))
        return None
    where = Where(file=str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return Document(path, text, tomllib.loads(text))
    except UnicodeDecodeError as error:
        problems.append(_not_utf8(where, error, "save the file as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = Where(file=str(path), line=int(line[1]) if line else None)
        remedy = "correct the line named"
        problems.append(problem("spec-syntax", where, str(error), "valid TOML", remedy))
    return None


def as_schema(document: Document, schema: Any, problems: list[Finding]) -> Any:
    """A document as `schema`, or None with what is wrong appended to `problems`."""
    try:
        return TypeAdapter(schema).validate_python(document.content)
    except ValidationError as error:
        problems.extend(_from_pydantic(error, document.path, document.text, schema))
        return None


def read_kind(path: Path, schemas: Mapping[str, type[Row]], problems: list[Finding]) -> Row | None:
    """The spec at `path` by the schema that its `kind` names, or None with what is wrong in `problems`."""
    document = read_document(path, problems)
    if document is None:
        return None
    kind = document.content.get("kind")
    if kind not in schemas:
        where = Where(file=str(path), line=line_of(document.text, ["kind"]), key="kind")
        close = get_close_matches(str(kind), schemas, n=1)
        listed = f"one of: {', '.join(sorted(schemas))}"
        remedy = f"did you mean `{close[0]}`?" if close else "name a kind"
        found = "no `kind`" if kind is None else f"no kind `{kind}`"
        problems.append(problem("spec-kind", where, found, listed, remedy))
        return None
    read: Row | None = as_schema(document, schemas[str(kind)], problems)
    return read


def _missing(path: Path) -> Finding:
    where, remedy = Where(file=str(path)), f"write {path} or restore it"
    return problem("spec-missing", where, "no such file", "the file", remedy)


def _not_utf8(where: Where, error: UnicodeDecodeError, remedy: str) -> Finding:
    found = f"byte {error.start} is not UTF-8"
    return problem("spec-encoding", where, found, "UTF-8 text", remedy)


def read_rows(path: Path, schema: type[Row], problems: list[Finding]) -> list[tuple[int, Row]]:
    """The rows of a csv spec as (line number, row); empty cells count as absent."""
    if not path.exists():
        problems.append(
            problem(
                "spec-missing",
                Where(file=str(path)),
                "no such file",
                "the file",
                f"write {path} or restore it",
            )
        )
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is not UTF-8"
        problems.append(
            problem(
                "spec-encoding",
                Where(file=str(path)),
                found,
                "UTF-8 text",
                "save the file as CSV UTF-8",
            )
        )
        return []
    rows: list[tuple[int, Row]] = []
    adapter = TypeAdapter(schema)
    reader = csv.DictReader(io.StringIO(text))
    header = [h.strip() for h in reader.fieldnames or []]
    required = {n for n, f in schema.model_fields.items() if f.is_required()}
    wrong = [f"no column `{n}`" for n in sorted(required - set(header))]
    wrong += [f"unknown column `{n}`" for n in header if n not in schema.model_fields]
    if wrong or not header:
        remedy = (
            "save it with commas" if any(";" in h for h in header) else "correct the first line"
        )
        problems.append(
            problem(
                "spec-columns",
                Where(file=str(path), line=1),
                "; ".join(wrong) or "an empty file",
                f"the columns {', '.join(schema.model_fields)}",
                remedy,
            )
        )
        return []
    for row in reader:
        if None in row:
            found = f"{len(row[None]) + len(row) - 1} cells"  # type: ignore[index]
            where = Where(file=str(path), line=reader.line_num)
            problems.append(
                problem(
                    "spec-row",
                    where,
                    found,
                    f"{len(row) - 1} cells",
                    "quote cells that hold commas",
                )
            )
            continue
        given = {k: plain_cell(v.strip()) for k, v in row.items() if v and v.strip()}
        try:
            rows.append((reader.line_num, adapter.validate_strings(given)))
        except ValidationError as error:
            problems.extend(_from_pydantic(error, path, "", schema, line=reader.line_num))
    return rows


def _from_pydantic(
    error: ValidationError, path: Path, text: str, schema: Any, line: int | None = None
) -> list[Finding]:
    found = []
    for item in error.errors(include_url=False):
        keys = [k for k in item["loc"] if k != "[key]"]
        key = ".".join(str(k) for k in keys) or "(the whole file)"
        where = Where(file=str(path), line=line or line_of(text, keys), key=key)
        shown = repr(item.get("input"))
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        match item["type"]:
            case "extra_forbidden":
                names = _field_names(schema)
                close = get_close_matches(str(keys[-1]), names, n=1)
                remedy = f"did you mean `{close[0]}`?" if close else "remove the key"
                found.append(
                    problem(
                        "spec-unknown-key",
                        where,
                        f"unknown key `{keys[-1]}`",
                        "a known key",
                        remedy,
                    )
                )
            case "missing":
                found.append(
                    problem(
                        "spec-missing-key",
                        where,
                        "nothing",
                        f"the key `{keys[-1]}`",
                        "add the key with its value",
                    )
                )
            case _:
                found.append(problem("spec-value", where, shown, item["msg"], "change the value"))
    return found


def _field_names(schema: Any) -> list[str]:
    """Every field name anywhere inside a schema, to propose the one that was meant."""
    names: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            names.update(node.get("properties", {}))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(TypeAdapter(schema).json_schema())
    return sorted(names)


def line_of(text: str, keys: list[Any]) -> int | None:
    """The line of a key path in TOML text; the nearest enclosing line when the key itself is absent."""
    best: int | None = None
    table: list[str | int] = []
    counts: dict[str, int] = {}
    wanted = [str(k) for k in keys]
    best_length = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if header := re.fullmatch(r"(\[\[?)\s*([^\[\]]+?)\s*\]\]?(\s*#.*)?", line):
            parts: list[str | int] = [p.strip().strip("\"'") for p in header[2].split(".")]
            if header[1] == "[[":
                index = counts.get(header[2], -1) + 1
                counts[header[2]] = index
                parts.append(index)
            elif len(parts) > 1 and str(parts[0]) in counts:
                parts.insert(1, counts[str(parts[0])])
            table = parts
            here = table
        elif assignment := re.match(r"([A-Za-z0-9_\-.\"']+)\s*=", line):
            here = [*table, *(p.strip("\"'") for p in assignment[1].split("."))]
        else:
            continue
        path = [str(p) for p in here]
        if path == wanted[: len(path)] and len(path) > best_length:
            best, best_length = number, len(path)
    return best
