"""Read TOML specs into their schema, with every problem as a finding: file, line and key."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.panel.finding import Finding, Where

Schema = TypeVar("Schema")
Spec = TypeVar("Spec", bound=BaseModel)

# Longest input that a finding repeats.
_SHOWN = 80
_HEADER = re.compile(r"(\[\[?)\s*([^\[\]]+?)\s*\]\]?(\s*#.*)?")
_ASSIGNMENT = re.compile(r"([A-Za-z0-9_\-.\"']+)\s*=")


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


def read_toml(path: Path, schema: type[Schema], problems: list[Finding]) -> Schema | None:
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
    text = read_utf8(path, "save the file as UTF-8", problems)
    if text is None:
        return None
    try:
        return Document(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = Where(file=str(path), line=int(line[1]) if line else None)
        remedy = "correct the line named"
        problems.append(problem("spec-syntax", where, str(error), "valid TOML", remedy))
    return None


def read_utf8(path: Path, remedy: str, problems: list[Finding]) -> str | None:
    """The text of a spec file, or None with what is wrong appended to `problems`; `remedy`: for
    another encoding."""
    where = Where(file=str(path))
    if not path.exists():
        restore = f"write {path} or restore it"
        problems.append(problem("spec-missing", where, "no such file", "the file", restore))
        return None
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is not UTF-8"
        problems.append(problem("spec-encoding", where, found, "UTF-8 text", remedy))
    return None


def as_schema(document: Document, schema: type[Schema], problems: list[Finding]) -> Schema | None:
    """A document as `schema`, or None with what is wrong appended to `problems`."""
    try:
        return TypeAdapter(schema).validate_python(document.content)
    except ValidationError as error:
        path, text = document.path, document.text
        problems.extend(schema_problems(error, path, schema, lambda keys: line_of(text, keys)))
        return None


def read_kind(
    path: Path, schemas: Mapping[str, type[Spec]], problems: list[Finding]
) -> Spec | None:
    """The spec at `path` by the schema that its `kind` names, or None with what is wrong in
    `problems`."""
    document = read_document(path, problems)
    if document is None:
        return None
    kind = document.content.get("kind")
    if kind in schemas:
        return as_schema(document, schemas[str(kind)], problems)
    where = Where(file=str(path), line=line_of(document.text, ["kind"]), key="kind")
    close = get_close_matches(str(kind), schemas, n=1)
    listed = f"one of: {', '.join(sorted(schemas))}"
    remedy = f"did you mean `{close[0]}`?" if close else "name a kind"
    found = "no `kind`" if kind is None else f"no kind `{kind}`"
    problems.append(problem("spec-kind", where, found, listed, remedy))
    return None


def schema_problems(
    error: ValidationError,
    path: Path,
    schema: type[Any],
    line: Callable[[Sequence[object]], int | None],
) -> Iterator[Finding]:
    """What a schema finds wrong in a file; `line` finds the line of a key path."""
    for item in error.errors(include_url=False):
        keys = [k for k in item["loc"] if k != "[key]"]
        key = ".".join(map(str, keys)) or "(the whole file)"
        where = Where(file=str(path), line=line(keys), key=key)
        if item["type"] == "extra_forbidden":
            yield _unknown_key(where, str(keys[-1]), schema)
        elif item["type"] == "missing":
            expected, remedy = f"the key `{keys[-1]}`", "add the key with its value"
            yield problem("spec-missing-key", where, "nothing", expected, remedy)
        else:
            shown = _shortened(repr(item.get("input")))
            yield problem("spec-value", where, shown, item["msg"], "change the value")


def _unknown_key(where: Where, key: str, schema: type[Any]) -> Finding:
    close = get_close_matches(key, sorted(_field_names(TypeAdapter(schema).json_schema())), n=1)
    remedy = f"did you mean `{close[0]}`?" if close else "remove the key"
    return problem("spec-unknown-key", where, f"unknown key `{key}`", "a known key", remedy)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _field_names(node: object) -> set[str]:
    """Every field name anywhere inside a JSON schema, to propose the one that was meant."""
    if isinstance(node, dict):
        own = set(node.get("properties", {}))
        return own.union(*map(_field_names, node.values()))
    if isinstance(node, list):
        return set().union(*map(_field_names, node))
    return set()


def line_of(text: str, keys: Sequence[object]) -> int | None:
    """The line of a key path in TOML text; the nearest enclosing line when the key itself is
    absent."""
    wanted = [str(k) for k in keys]
    best, longest = None, 0
    for number, path in _key_lines(text):
        if path == wanted[: len(path)] and len(path) > longest:
            best, longest = number, len(path)
    return best


def _key_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and key path of every heading and assignment of TOML text; items of lists of tables are
    counted from 0."""
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if header := _HEADER.fullmatch(line):
            table = _table_path(header[2], header[1] == "[[", counts)
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, [*table, *_dotted(assignment[1])]


def _table_path(name: str, listed: bool, counts: dict[str, int]) -> list[str]:
    """The key path of a heading; `counts`: items so far of each list of tables."""
    parts = _dotted(name)
    if listed:
        counts[name] = counts.get(name, -1) + 1
        return [*parts, str(counts[name])]
    if len(parts) > 1 and parts[0] in counts:
        return [parts[0], str(counts[parts[0]]), *parts[1:]]
    return parts


def _dotted(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
