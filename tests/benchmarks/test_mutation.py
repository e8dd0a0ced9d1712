"""`make mutation` on a toy project: which faults, which tests, which rooms pass."""

import subprocess
import sys

import pytest

from benchmarks.mutation.nearest import nearest_tests
from benchmarks.mutation.operators import attributes_by_type, mutants
from benchmarks.mutation.sample import draw, room_of, shares
from tests.conftest import ROOT

FILES = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n',
    "pipeline/__init__.py": "",
    "pipeline/alpha/__init__.py": "from .sums import clip\n",
    "pipeline/alpha/sums.py": (
        "from dataclasses import dataclass\n"
        "@dataclass(frozen=True)\n"
        "class Interval:\n"
        "    low: float\n"
        "    high: float\n"
        "    name: str\n"
        "def width(i):\n"
        "    return i.high - i.low\n"
        "def clip(x, i):\n"
        "    return max(min(x, i.high), i.low)\n"
    ),
    "pipeline/beta/lone.py": (
        "def double(x):\n    return x * 2\n\n\ndef never(x):\n    return x + 2\n"
    ),
    "pipeline/methods/levers/push/estimate.py": (
        "from pipeline.alpha.sums import Interval, width\n"
        "def push(a, b):\n"
        "    return 3 * width(Interval(a, b, 'push'))\n"
    ),
    "tests/alpha/test_sums.py": (
        "import pytest\n"
        "from pipeline.alpha.sums import Interval, width\n"
        "from pipeline.alpha import clip\n"
        "@pytest.fixture(scope='module')\n"
        "def i():\n"
        "    return Interval(1.0, 4.0, 'a')\n"
        "def test_width(i):\n"
        "    assert width(i) == 3\n"
        "def test_clip(i):\n"
        "    assert [clip(x, i) for x in (0, 2, 5)] == [1, 2, 4]\n"
        "def test_is_red_without_a_fault():\n"
        "    assert width(Interval(0, 1, 'b')) == 2\n"
    ),
    "tests/methods/levers/push/test_push.py": (
        "from pipeline.beta.lone import double\n"
        "from pipeline.methods.levers.push.estimate import push\n"
        "def test_push():\n"
        "    assert push(1, 3) == 6\n"
        "def test_double():\n"
        "    assert double(3) == 6\n"
    ),
}


@pytest.fixture
def toy(tmp_path):
    """A project of three rooms: one tested, one half, one method; and one test that fails."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def changes(source: str, siblings: dict[str, list[str]] | None = None) -> set[str]:
    """The source with each fault in it."""
    found = mutants(source.encode(), siblings or {})
    return {m.plant(source.encode()).decode() for m in found if m.is_viable(source.encode())}


@pytest.mark.parametrize(
    ("source", "faulty"),
    [
        ("a < b", {"a <= b"}),
        ("(a) not in (b)", {"(a) in (b)"}),
        ("a is None", {"a is not None"}),
        ("a ** b", {"a * b"}),
        ("'x' + a", set()),
        ("a and b", {"a or b", "True and b", "a and True"}),
        ("x = not a", {"x =  a"}),
        ("f(不, y)", {"f(y, 不)", "pass"}),
        ("f(*a, y)", {"pass"}),
        ("x = isinstance(a, b | c)", set()),
        ("k += a", {"pass"}),
        ("x = 3", {"x = 4", "x = (2)"}),
        ("x = True", {"x = False"}),
        ("x: Literal[3]", set()),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("x = [i for i in a if i]", {"x = [i for i in a if True]"}),
        ("if a: b", {"if (not (a)): b", "if True: b"}),
        ("x = f'{a} {a < b}'", {"x = f'{a} {a <= b}'"}),
    ],
)
def test_faults_of_a_line(source, faulty):
    assert changes(source) == faulty


def test_values_that_one_could_confuse():
    siblings = attributes_by_type([FILES["pipeline/alpha/sums.py"].encode()])
    assert siblings == {"low": ["high"], "high": ["low"]} | {"name": []}
    assert changes("y = i.low", siblings) == {"y = i.high"}
    function = "def f(d):\n    g(d['se'], d['p'], e['n'])\n"
    assert function.replace("'se'", '"p"') in changes(function)
    assert function.replace("d['p']", 'd["se"]') in changes(function)
    assert all("e['n']" in faulty or "pass" in faulty for faulty in changes(function))
    assert changes("def f():\n    return False\n") == {"def f():\n    return True\n"}
    assert "def f():\n    return None\n" in changes("def f():\n    return x\n")


def test_a_fault_knows_its_line_and_function():
    source = b"@cache\ndef f(x):\n    def g(y):\n        return y\n    return x\nz = 1\n"
    places = {(m.line, m.function) for m in mutants(source, {})}
    assert places == {(4, 3), (5, 1), (6, 0)}


def test_each_room_has_its_share():
    sizes = {"a": 1000, "b": 100, "c": 20, "d": 3}
    share = shares(sizes, 100)
    assert sum(share.values()) == 100
    assert share["d"] == 3
    assert share["c"] >= 8
    assert share["a"] > share["b"] > share["c"]
    assert shares(sizes, 5000) == sizes
    assert shares({"a": 50, "b": 50}, 3) == {"a": 2, "b": 1}
    assert room_of("pipeline/methods/levers/push/estimate.py") == "methods/levers"
    assert room_of("pipeline/alpha/deep/x.py") == "alpha"
    assert room_of("pipeline/__main__.py") is None


def test_the_same_seed_draws_the_same_faults(toy):
    assert draw(toy, 6, 1, []) == draw(toy, 6, 1, [])
    assert any(draw(toy, 3, 1, []) != draw(toy, 3, seed, []) for seed in range(2, 8))
    assert {p.room for p in draw(toy, 6, 1, ["beta"])} == {"beta"}


def test_nearest_tests_are_of_the_folder_or_import_the_module(toy):
    sums, push = "tests/alpha/test_sums.py", "tests/methods/levers/push/test_push.py"
    assert nearest_tests(toy, [f for f in FILES if f.startswith("pipeline/")]) == {
        "pipeline/__init__.py": [],
        "pipeline/alpha/__init__.py": [sums],
        "pipeline/alpha/sums.py": [sums],
        "pipeline/beta/lone.py": [push],
        "pipeline/methods/levers/push/estimate.py": [push],
    }


def test_survivors_are_listed_and_fail_their_room(toy):
    before = {p: p.read_bytes() for p in toy.rglob("*") if p.is_file()}
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.mutation", "--mutants", "60"],
        cwd=toy,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 1, run.stderr
    lines = [line.split() for line in run.stdout.splitlines()]
    assert "pipeline/beta/lone.py:6  (no tests call it)" in run.stdout
    assert ["beta", "1", "of", "2", "50%", "under", "85%"] in lines
    assert ["alpha", "2", "of", "2", "100%"] in lines
    assert ["methods/levers", "1", "of", "1", "100%"] in lines
    assert "1 tests failed without any fault" in run.stdout
    assert {p: p.read_bytes() for p in toy.rglob("*") if p.is_file()} == before
