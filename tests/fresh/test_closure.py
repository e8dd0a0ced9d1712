"""The code behind a module: what it imports anywhere, with the data beside it, and nothing else."""

import ast

import pytest

from pipeline.fresh import closure as module
from pipeline.methods.discover import methods

FILES = {
    "__main__.py": "import program.stage.run\n",
    "core/__init__.py": "",
    "core/algebra.py": "import numpy\n",
    "core/lonely.py": "",
    "stage/__init__.py": "from program.core import algebra\n",
    "stage/run.py": "def run():\n    from program.late import other\n    import os.path\n",
    "stage/notes.csv": "a\n",
    "stage/folder/inner.toml": "a = 1\n",
    "stage/other/code.py": "",
    "stage/other/kept.toml": "",
    "late/__init__.py": "",
    "late/other.py": "from program.late.circle import x\n",
    "late/circle.py": "from program.late.other import y\n",
    "report/__init__.py": "",
    "report/say.py": "",
    "method/__init__.py": "",
    "method/words.toml": "a = 1\n",
    "method/estimate.py": "from program.core.algebra import solve\n",
    "method/table.py": "from program.report.say import Say\n",
}


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A toy program in place of the real one."""
    root = tmp_path / "program"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(module, "_SAYS", "program.report.say")
    caches = (module.closure, module.imports, module._beside, module._file)
    for cached in caches:
        cached.cache_clear()
    yield root
    for cached in caches:
        cached.cache_clear()


def names(root, *modules):
    return {p.relative_to(root).as_posix() for m in modules for p in module.closure(m)}


def test_imports_at_the_top_in_functions_and_of_packages_are_followed(program):
    found = names(program, "program.stage.run")
    assert {"stage/run.py", "stage/__init__.py", "core/algebra.py", "core/__init__.py"} <= found
    assert {"late/other.py", "late/circle.py"} <= found
    assert not found & {"core/lonely.py", "method/table.py", "__main__.py"}


def grammar(path):
    """Modules of the program that a file imports, by Python's own parser."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] == module.ROOT.name}


def test_imports_read_by_text_are_those_of_the_grammar():
    """For every module of the program."""
    paths = {
        ".".join(p.relative_to(module.ROOT.parent).with_suffix("").parts): p
        for p in module.ROOT.rglob("*.py")
    }
    assert len(paths) > 400
    for name, path in paths.items():
        assert set(module.imports(name.removesuffix(".__init__"))) == grammar(path), name


def test_data_beside_code_and_in_folders_of_data_belong_to_it(program):
    found = names(program, "program.stage.run")
    assert {"stage/notes.csv", "stage/folder/inner.toml"} <= found
    assert "stage/other/kept.toml" not in found  # it stands beside code of its own


def test_words_belong_to_what_says_them(program):
    assert "method/words.toml" not in names(program, "program.method.estimate")
    assert "method/words.toml" in names(program, "program.method.table")


def test_what_is_no_module_of_the_program_is_nothing(program):
    assert module.closure("numpy.linalg") == () and module.closure("program.nothing") == ()


def test_files_are_sorted_and_stand_once(program):
    found = module.closure("program.stage.run")
    assert list(found) == sorted(set(found))


def test_the_whole_program_is_its_code_and_data(program):
    found = {p.relative_to(program).as_posix() for p in module.program()}
    assert found == set(FILES)


PARTS = [(m, part) for m in methods() for part in ("table", "figure", "summary") if m.has(part)]


@pytest.mark.parametrize(("method", "part"), PARTS, ids=lambda v: getattr(v, "name", v))
def test_what_prints_never_reaches_what_estimates(method, part):
    """So a comment in the numerical core makes results anew, and pages only where they differ."""
    rooms = {
        p.relative_to(module.ROOT).parts[0]
        for p in module.closure(f"pipeline.methods.{method.name}.{part}")
    }
    assert not rooms & {"inference", "models", "construct", "index"}


@pytest.mark.parametrize(
    "method", [m for m in methods() if m.has("estimate")], ids=lambda m: m.name
)
def test_what_estimates_never_reaches_what_prints(method):
    files = module.closure(f"pipeline.methods.{method.name}.estimate")
    relative = [p.relative_to(module.ROOT) for p in files]
    assert not [p for p in relative if p.parts[0] in ("report", "publish")]
    own = {p.name for p in relative if p.parts[0] == "methods" and p.suffix == ".py"}
    assert not own & {"table.py", "figure.py", "summary.py"}
