"""Read TOML specs into their schema, with every problem as a finding: file, line and key."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pipeline.panel.finding import Finding, Where
from pipeline.study.spec_file import CONTROL, LONGEST, control, read_utf8, shortened

Schema = TypeVar("Schema")
Spec = TypeVar("Spec", bound=BaseModel)
Keys = tuple[object, ...]

# Tables inside one another, and problems of one file that are told one by one.
_DEPTH, _TOLD = 16, 20
_HEADER = re.compile(r"(\[\[?)\s*([^\[\]]+?)\s*\]\]?(\s*#.*)?")
_ASSIGNMENT = re.compile(r"([A-Za-z0-9_\-.\"']+)\s*=")
# The parser of Python compares every part of a dotted key with all before it.
_KEY = r"""(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)"""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_KEY}[ \t]*\.[ \t]*){{{_DEPTH}}}")


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
        f"no {what} `{shortened(name)}`",
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
        content = _parsed(text)
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        where = Where(file=str(path), line=int(line[1]) if line else None)
        remedy = "correct the line named" if line else "correct the file"
        problems.append(problem("spec-syntax", where, str(error), "valid TOML", remedy))
        return None
    wrong = list(_unfit(path, text, content))
    problems += told(wrong, len(wrong), path)
    return None if wrong else Document(path, text, content)


def _parsed(text: str) -> dict[str, Any]:
    """What TOML text says. Raises ValueError for what is no TOML, and for what only takes long."""
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise ValueError(f"a key of more than {_DEPTH} parts (at line {line})")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("lists or tables nested too deeply") from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python's limit of digits
        raise ValueError("a number of thousands of digits") from None


def _unfit(path: Path, text: str, content: dict[str, Any]) -> Iterator[Finding]:
    """Values that no spec can hold."""
    for keys, value in _values(content):
        if fault := _fault(keys, value):
            key = shortened(".".join(map(str, keys)))
            where = Where(file=str(path), line=line_of(text, keys), key=key)
            yield problem(fault[0], where, fault[1], fault[2], "change it")


def _fault(keys: Keys, value: object) -> tuple[str, str, str] | None:
    """Code, what was found and what was expected; None for what a spec can hold."""
    if len(keys) > _DEPTH:
        return "spec-depth", f"nested {len(keys)} deep", f"at most {_DEPTH}"
    for said in (value, keys[-1]):
        if isinstance(said, str) and (sign := CONTROL.search(said)):
            return control(sign[0])
        if isinstance(said, str) and len(said) > LONGEST:
            return "spec-length", f"{len(said):,} characters", f"at most {LONGEST:,}"
    if isinstance(value, int) and value.bit_length() > 63:
        return "spec-number", "a whole number beyond 64 bits", "at most 18 digits"
    return None


def _values(content: object, keys: Keys = ()) -> Iterator[tuple[Keys, object]]:
    """Every value inside a document with its key path, tables and lists among them."""
    if keys:
        yield keys, content
    if isinstance(content, list):
        content = dict(enumerate(content))
    if isinstance(content, dict) and len(keys) <= _DEPTH:
        for key, value in content.items():
            yield from _values(value, (*keys, key))


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
    if isinstance(kind, str) and kind in schemas:
        return as_schema(document, schemas[kind], problems)
    where = Where(file=str(path), line=line_of(document.text, ["kind"]), key="kind")
    close = get_close_matches(str(kind), schemas, n=1)
    listed = f"one of: {', '.join(sorted(schemas))}"
    remedy = f"did you mean `{close[0]}`?" if close else "name a kind"
    found = "no `kind`" if kind is None else f"no kind `{shortened(str(kind))}`"
    problems.append(problem("spec-kind", where, found, listed, remedy))
    return None


def schema_problems(
    error: ValidationError,
    path: Path,
    schema: type[Any],
    line: Callable[[Sequence[object]], int | None],
) -> Iterator[Finding]:
    """What a schema finds wrong in a file; `line` finds the line of a key path."""
    items = error.errors(include_url=False)
    unknown = [item for item in items if item["type"] == "extra_forbidden"]
    if len(unknown) > _TOLD:
        names = [shortened(str(item["loc"][-1])) for item in unknown[:5]]
        found = f"{len(unknown):,} unknown keys: {', '.join(names)} and {len(unknown) - 5:,} more"
        where = Where(file=str(path), line=line([k for k in unknown[0]["loc"] if k != "[key]"]))
        yield problem("spec-unknown-key", where, found, "known keys", "is it the right file?")
        items = [item for item in items if item["type"] != "extra_forbidden"]
    yield from told((_schema_problem(i, path, schema, line) for i in items), len(items), path)


def told(problems: Iterable[Finding], count: int, path: Path) -> Iterator[Finding]:
    """The first of the `count` problems of a file, and how many more there are."""
    yield from islice(problems, _TOLD)
    if count > _TOLD:
        found, where = f"{count - _TOLD:,} problems more", Where(file=str(path))
        yield problem("spec-more", where, found, "none", "correct those above first")


def _schema_problem(
    item: ErrorDetails,
    path: Path,
    schema: type[Any],
    line: Callable[[Sequence[object]], int | None],
) -> Finding:
    keys = [k for k in item["loc"] if k != "[key]"]
    key = shortened(".".join(map(str, keys))) or "(the whole file)"
    where = Where(file=str(path), line=line(keys), key=key)
    if item["type"] == "extra_forbidden":
        return _unknown_key(where, str(keys[-1]), schema)
    if item["type"] == "missing":
        expected, remedy = f"the key `{keys[-1]}`", "add the key with its value"
        return problem("spec-missing-key", where, "nothing", expected, remedy)
    shown = shortened(repr(item.get("input")))
    return problem("spec-value", where, shown, item["msg"], "change the value")


def _unknown_key(where: Where, key: str, schema: type[Any]) -> Finding:
    close = get_close_matches(key, sorted(_field_names(TypeAdapter(schema).json_schema())), n=1)
    remedy = f"did you mean `{close[0]}`?" if close else "remove the key"
    return problem(
        "spec-unknown-key", where, f"unknown key `{shortened(key)}`", "a known key", remedy
    )


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
    wanted, lines = tuple(map(str, keys)), _lines_of(text)
    enclosing = (wanted[:length] for length in range(len(wanted), 0, -1))
    return next((lines[path] for path in enclosing if path in lines), None)


@lru_cache(maxsize=16)
def _lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Key path -> the first line that has it."""
    lines: dict[tuple[str, ...], int] = {}
    for number, path in _key_lines(text):
        lines.setdefault(tuple(path), number)
    return lines


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
