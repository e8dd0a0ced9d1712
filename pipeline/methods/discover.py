"""Finds the methods: folders `methods/<chapter>/<method>/`, each whole or refused.

A method's folder holds
    spec.py       the schema of its table spec, of its figure spec, or of both
    words.toml    its words, languages side by side
    result.py     `Result`, and estimate.py with `estimate(task) -> Result`, where it estimates
    table.py      `table(result, spec, say) -> Table`, where it has a table spec
    figure.py     `figure(shown, spec, say) -> matplotlib figure`, where it has a figure spec
    summary.py    `summary(named, say)` and `cautions(named, say)`, where the report's first pages
    speak of it
and nothing else.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pipeline.results.result import Result
from pipeline.study.specs import FigureSpec, Spec, TableSpec

ROOT = Path(__file__).resolve().parent
_PARTS = ("spec", "result", "estimate", "table", "figure", "summary")


class NotWhole(Exception):
    """Folders that look like methods and are none, each with what it lacks."""


@dataclass(frozen=True)
class Method:
    """One method: its folder, its kinds of spec, and its parts, imported when they are used."""

    folder: Path
    table_spec: type[TableSpec] | None
    figure_spec: type[FigureSpec] | None

    @property
    def name(self) -> str:
        """`chapter.method`."""
        return f"{self.folder.parent.name}.{self.folder.name}"

    @property
    def words(self) -> Path:
        return self.folder / "words.toml"

    def has(self, part: str) -> bool:
        """Whether the method has `estimate`, `table`, `figure` or `summary`."""
        return (self.folder / f"{part}.py").is_file()

    def part(self, part: str) -> ModuleType:
        """One of its modules."""
        return import_module(f"{_package(self.folder)}.{part}")

    def function(self, part: str, name: str | None = None) -> Callable[..., Any]:
        """A function of one of its modules, by default the one named like it."""
        found: Callable[..., Any] = getattr(self.part(part), name or part)
        return found

    @property
    def result(self) -> type[Result]:
        """The type of its results."""
        kind: type[Result] = self.part("result").Result
        return kind


def _package(folder: Path) -> str:
    return f"{ROOT.parent.name}.{ROOT.name}.{folder.parent.name}.{folder.name}"


def kind_of(spec: type[Spec]) -> str:
    """The word by which spec files name a kind."""
    (kind,) = get_args(spec.model_fields["kind"].annotation)
    return str(kind)


@cache
def methods() -> tuple[Method, ...]:
    """Every method, in the order of chapters and names. Raises NotWhole naming every folder that is
    not whole."""
    folders = sorted(p for p in ROOT.glob("*/*/") if any(p.glob("*.py")) and p.name[0] != "_")
    problems = [f"{f.relative_to(ROOT)}: {p}" for f in folders for p in _lacks(f)]
    if problems:
        raise NotWhole("\n".join(problems))
    found = tuple(_method(folder) for folder in folders)
    _require_kinds(found)
    return found


@cache
def by_kind() -> dict[str, Method]:
    """Kind of a spec -> the method that it belongs to."""
    return {kind_of(spec): m for m in methods() for spec in (m.table_spec, m.figure_spec) if spec}


def _lacks(folder: Path) -> list[str]:
    """What keeps a folder from being a method."""
    there = {p.stem for p in folder.glob("*.py")} - {"__init__"}
    lacks = [f"no {name}" for name in ("spec.py", "words.toml") if not (folder / name).is_file()]
    if not there & {"table", "figure"}:
        lacks.append("neither table.py nor figure.py")
    if ("estimate" in there) != ("result" in there):
        lacks.append("estimate.py and result.py belong together")
    if "table" in there and "estimate" not in there:
        lacks.append("a table without estimate.py")
    lacks += [f"{name}.py belongs to no part of a method" for name in sorted(there - set(_PARTS))]
    return lacks


def _method(folder: Path) -> Method:
    module = import_module(f"{_package(folder)}.spec")
    own = [
        c
        for _, c in inspect.getmembers(module, inspect.isclass)
        if c.__module__ == module.__name__ and "kind" in getattr(c, "model_fields", {})
    ]
    tables = [c for c in own if issubclass(c, TableSpec)]
    figures = [c for c in own if issubclass(c, FigureSpec)]
    problems = []
    for found, part in ((tables, "table"), (figures, "figure")):
        if len(found) != (folder / f"{part}.py").is_file():
            problems.append(f"{len(found)} {part} specs in spec.py, {part}.py or none")
    if problems:
        raise NotWhole("\n".join(f"{folder.relative_to(ROOT)}: {p}" for p in problems))
    return Method(folder, tables[0] if tables else None, figures[0] if figures else None)


def _require_kinds(found: tuple[Method, ...]) -> None:
    """Raise NotWhole where two methods have one kind."""
    owners: dict[str, str] = {}
    for m in found:
        for spec in (m.table_spec, m.figure_spec):
            if spec is None:
                continue
            kind = kind_of(spec)
            if kind in owners:
                raise NotWhole(f"kind `{kind}` of {owners[kind]} and of {m.name}")
            owners[kind] = m.name
