"""The code that a module runs: itself, what it imports of the program, and the data files beside
them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Words are read by what says them: a reworded note changes no number.
_WORDS, _SAYS = "words.toml", "pipeline.report.say"
_DATA = ("*.toml", "*.csv", "*.j2", "*.typ", "*.ttf", "*.css")
# Imports as the formatter leaves them, read by their text: to parse every file took a second.
_IMPORT = re.compile(r"^ *(?:from ([\w.]+) import (\([^)]*\)|.*)|import (.*))", re.MULTILINE)
_NAME = re.compile(r"(?<!as )\b(?!as\b)[\w.]+")


@cache
def closure(module: str) -> tuple[Path, ...]:
    """Program files behind a module of `pipeline`, sorted: code that it imports anywhere, and their
    data files."""
    found: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        if name in found or _file(name) is None:
            continue
        found.add(name)
        todo += [*imports(name), name.rpartition(".")[0]]
    code = {path for name in found if (path := _file(name)) is not None}
    data = {data for path in code for data in _beside(path)}
    silent = {path for path in data if path.name == _WORDS and _SAYS not in found}
    return tuple(sorted(code | data - silent))


@cache
def imports(module: str) -> tuple[str, ...]:
    """Modules of the program that a module imports, at its top or inside its functions."""
    path = _file(module)
    if path is None:
        return ()
    names: list[str] = []
    for package, parts, modules in _IMPORT.findall(path.read_text(encoding="utf-8")):
        names += [package, *(f"{package}.{n}" for n in _NAME.findall(parts))]
        names += _NAME.findall(modules)
    return tuple(n for n in dict.fromkeys(names) if n.split(".")[0] == ROOT.name)


def program() -> tuple[Path, ...]:
    """Every program file: code and data."""
    kinds = ("*.py", *_DATA)
    return tuple(sorted(p for kind in kinds for p in ROOT.rglob(kind)))


@cache
def _beside(path: Path) -> tuple[Path, ...]:
    """Data files in the folder of a module, and in folders of data below it."""
    here = [p for kind in _DATA for p in path.parent.glob(kind)]
    below = [f for f in path.parent.iterdir() if f.is_dir() and not any(f.glob("*.py"))]
    return tuple([*here, *(p for folder in below for kind in _DATA for p in folder.glob(kind))])


@cache
def _file(module: str) -> Path | None:
    """The file of a module of the program."""
    parts = module.split(".")
    if parts[0] != ROOT.name:
        return None
    base = ROOT.joinpath(*parts[1:])
    package, plain = base / "__init__.py", base.with_suffix(".py")
    if len(parts) > 1 and plain.is_file():
        return plain
    return package if package.is_file() else None
