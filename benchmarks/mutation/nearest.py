"""The test files nearest to a source file: the folder of the same path, and what imports it."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def nearest_tests(root: Path, files: list[str]) -> dict[str, list[str]]:
    """Test files of each source file, relative to `root`, sorted; none where there are none."""
    tests = {
        p.relative_to(root).as_posix(): _imports(root, p)
        for p in sorted((root / "tests").rglob("test_*.py"))
    }
    near = {}
    for file in files:
        folder = _folder(root, file)
        near[file] = [t for t, read in tests.items() if file in read or _is_inside(t, folder)]
    return near


def _folder(root: Path, file: str) -> PurePosixPath | None:
    """tests/a/b of pipeline/a/b/c.py, or the nearest folder above it but not all of tests."""
    folder = PurePosixPath("tests", *PurePosixPath(file).parts[1:-1])
    while len(folder.parts) > 1:
        if (root / folder).is_dir():
            return folder
        folder = folder.parent
    return None


def _is_inside(test: str, folder: PurePosixPath | None) -> bool:
    return folder is not None and folder in PurePosixPath(test).parents


def _imports(root: Path, test: Path) -> set[str]:
    """Source files whose module a test imports, by itself or through a package's __init__."""
    found = set()
    for module, name in _imported(ast.parse(test.read_bytes()), ""):
        file = _file(root, f"{module}.{name}") or _file(root, module)
        found.add(file)
        if file is not None and file.endswith("__init__.py"):
            package = _imported(ast.parse((root / file).read_bytes()), module)
            found |= {_file(root, inner) for inner, passed in package if passed == name}
    return {f for f in found if f is not None}


def _imported(tree: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """(module, name) of every import of the project's modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = f"{package}.{node.module or ''}" if node.level else node.module or ""
            yield from ((module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def _file(root: Path, module: str) -> str | None:
    """The source file of a dotted module of pipeline/, if it is one."""
    path = module.strip(".").replace(".", "/")
    for file in (f"{path}.py", f"{path}/__init__.py"):
        if file.startswith("pipeline/") and (root / file).is_file():
            return file
    return None
