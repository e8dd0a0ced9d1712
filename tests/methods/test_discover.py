"""Methods are folders: whole or refused, each kind once, and none that another one needs."""

import re
import shutil
import subprocess
import sys

import pytest

from pipeline.methods import discover
from pipeline.methods.discover import NotWhole, by_kind, kind_of, methods
from pipeline.study.specs import FigureSpec, TableSpec
from tests.conftest import ROOT

SPEC = '''"""The spec."""

from typing import Literal

from pipeline.study.specs import {base}


class Own({base}):
    kind: Literal["{kind}"]
'''
WHOLE = {
    "__init__.py": "",
    "spec.py": SPEC.format(base="TableSpec", kind="toy"),
    "words.toml": "",
    "result.py": "",
    "estimate.py": "",
    "table.py": "",
}


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    """Function that writes a folder `chapter/name` of a toy program, less and more than whole."""
    root = tmp_path / "toy" / "methods"
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(discover, "ROOT", root)
    for cached in (methods, by_kind):
        cached.cache_clear()

    def write(name, without=(), **more):
        files = {**WHOLE, **{f"{part}.py": text for part, text in more.items()}}
        for file, text in files.items():
            path = root / "chapter" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if file not in without:
                path.write_text(text, encoding="utf-8")
        return root / "chapter" / name

    yield write
    for cached in (methods, by_kind):
        cached.cache_clear()
    for module in [m for m in sys.modules if m == "toy" or m.startswith("toy.")]:
        del sys.modules[module]


def test_a_whole_folder_is_a_method(rooms):
    folder = rooms("good")
    (method,) = methods()
    assert method.name == "chapter.good" and method.words == folder / "words.toml"
    assert issubclass(method.table_spec, TableSpec) and method.figure_spec is None
    assert by_kind() == {"toy": method} and kind_of(method.table_spec) == "toy"
    assert method.has("table") and not method.has("figure")


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        ("spec.py", "no spec.py"),
        ("words.toml", "no words.toml"),
        ("table.py", "neither table.py nor figure.py"),
        ("result.py", "estimate.py and result.py belong together"),
        ("estimate.py", "a table without estimate.py"),
    ],
)
def test_a_folder_that_lacks_a_part_is_refused_by_name(rooms, without, lacks):
    rooms("good")
    rooms("broken", without=[without])
    with pytest.raises(NotWhole) as refused:
        methods()
    assert f"chapter/broken: {lacks}" in str(refused.value)
    assert "chapter/good" not in str(refused.value)


def test_every_broken_folder_is_told_at_once(rooms):
    rooms("one", without=["words.toml"])
    rooms("two", helpers="")
    with pytest.raises(NotWhole) as refused:
        methods()
    assert str(refused.value).splitlines() == [
        "chapter/one: no words.toml",
        "chapter/two: helpers.py belongs to no part of a method",
    ]


@pytest.mark.parametrize(
    "more",
    [{"figure": ""}, {"spec": SPEC.format(base="FigureSpec", kind="toy")}],
    ids=["a figure without its spec", "a figure's spec without a figure"],
)
def test_specs_and_what_they_make_belong_together(rooms, more):
    rooms("odd", **more)
    with pytest.raises(NotWhole, match=r"chapter/odd: . (table|figure) specs in spec\.py"):
        methods()


def test_two_methods_with_one_kind_are_refused(rooms):
    rooms("one")
    rooms("two")
    with pytest.raises(NotWhole, match=r"kind `toy` of chapter\.one and of chapter\.two"):
        methods()


def test_folders_without_code_are_no_methods(rooms):
    rooms("good")
    (discover.ROOT / "chapter" / "__pycache__").mkdir()
    (discover.ROOT / "chapter" / "left_over").mkdir()
    assert [m.name for m in methods()] == ["chapter.good"]


def test_every_method_has_what_it_says():
    for method in methods():
        for part in ("estimate", "table", "figure"):
            if method.has(part):
                assert callable(method.function(part)), method.name
        if method.has("summary"):
            module = method.part("summary")
            assert hasattr(module, "summary") or hasattr(module, "cautions"), method.name
        specs = [s for s in (method.table_spec, method.figure_spec) if s]
        assert all(issubclass(s, TableSpec | FigureSpec) and s.__doc__ for s in specs)


def test_methods_know_of_each_other_no_more_than_results():
    """Of another method nothing is imported, or its result, which a figure shows."""
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        own = re.search(r"methods/(\w+/\w+)/", path.as_posix())
        text = path.read_text(encoding="utf-8")
        for chapter, name, part in re.findall(r"pipeline\.methods\.(\w+)\.(\w+)\.(\w+)", text):
            mine = own is not None and own[1] == f"{chapter}/{name}"
            assert mine or (own is not None and part == "result"), path


IMPORT = """
import importlib, pathlib
root = pathlib.Path("pipeline")
for path in sorted(root.rglob("*.py")):
    if path.name != "__main__.py":
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
from pipeline.methods.discover import methods
print(*(m.name for m in methods()))
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A copy of the program with the demo study."""
    folder = tmp_path_factory.mktemp("program")
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=hidden)
    shutil.copytree(ROOT / "specs/demo", folder / "specs/demo")
    return folder


def _run(folder, *arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )


TAKEN = ["baseline.coefficients", "baseline.heterogeneity", "levers.threshold"]


@pytest.mark.parametrize("name", [*TAKEN, "mechanisms.specification_curve"])
def test_a_method_can_be_taken_away(program, tmp_path, name):
    """Everything else imports, and a study without its kinds passes its check."""
    kinds = {kind for kind, m in by_kind().items() if m.name == name}
    folder = tmp_path / "less"
    shutil.copytree(program, folder)
    shutil.rmtree(folder / "pipeline/methods" / name.replace(".", "/"))
    stems = set()
    for path in sorted(folder.glob("specs/demo/*/*.toml")):
        text = path.read_text(encoding="utf-8")
        uses = re.search(rf'^kind = "({"|".join(kinds)})"', text, re.MULTILINE)
        if uses or any(f'"{stem}"' in text for stem in stems):
            stems.add(path.stem)
            path.unlink()
    for path in sorted(folder.glob("specs/demo/*/*.toml")):
        if any(f'"{stem}"' in path.read_text(encoding="utf-8") for stem in stems):
            path.unlink()
    imported = _run(folder, "-c", IMPORT)
    assert imported.returncode == 0, imported.stderr
    assert set(imported.stdout.split()) == {m.name for m in methods()} - {name}
    checked = _run(folder, "-m", "pipeline", "check", "demo")
    assert checked.returncode == 0, checked.stderr
