"""Words: every key is said, everything said has words, and both languages are filled alike.

Keys are read off the code: `say("key", field=...)`, `say("one" if ... else "other")`,
`say(f"brackets_{method}")`; a key that code chooses by name is any string of the method's folder.
"""

import ast
import re
from dataclasses import dataclass
from string import Formatter

import pytest

from pipeline.methods.discover import methods
from pipeline.report.say import catalogue
from tests.conftest import ROOT

PROGRAM = ROOT / "pipeline"
SHARED = PROGRAM / "report/words.toml"
LANGUAGES = {"en", "zh"}
# Words of one study: templates take labels from the study instead.
OF_A_STUDY = re.compile(r"\bNQP\b|\bURI\b|新质生产力|城乡融合|by region")
METHODS = pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)


@dataclass(frozen=True)
class Said:
    """A call of `say`: the keys it may have as patterns, the fields it fills, where it stands."""

    patterns: tuple[str, ...]
    fields: frozenset[str]
    open: bool
    place: str

    def keys(self, words):
        return {key for key in words for p in self.patterns if re.fullmatch(p, key)}


def fields(text):
    """The names that a template is filled with."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return {re.split(r"[.\[]", name)[0] for name in names}


def trees(*paths):
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(paths)}


def patterns(node):
    """What an expression may be, as patterns; None where the code does not show it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (re.escape(node.value),)
    if isinstance(node, ast.JoinedStr):
        shown = [
            re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+"
            for part in node.values
        ]
        return ("".join(shown),)
    if isinstance(node, ast.IfExp):
        sides = patterns(node.body), patterns(node.orelse)
        return None if None in sides else sides[0] + sides[1]
    return None


def said(sources):
    """Every call of `say` whose key the code shows."""
    for path, tree in sources.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            keys = patterns(node.args[0])
            if name == "say" and keys is not None:
                given = frozenset(k.arg for k in node.keywords if k.arg)
                spread = any(k.arg is None for k in node.keywords)
                yield Said(keys, given, spread, f"{path.relative_to(ROOT)}:{node.lineno}")


def strings(sources):
    """Every string and pattern of strings in code."""
    found = set()
    for tree in sources.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                found |= set(patterns(node) or ())
    return found


def unused(words, found):
    literal = {p for p in found if not p.endswith(r"\w+") and r"\w+" not in p}
    open_patterns = [re.compile(p) for p in found - literal if p.strip("\\w+") != ""]
    return {
        key
        for key in words
        if re.escape(key) not in literal and not any(p.fullmatch(key) for p in open_patterns)
    }


ALL = trees(*PROGRAM.rglob("*.py"))
GENERAL = {p: t for p, t in ALL.items() if "methods" not in p.relative_to(PROGRAM).parts[:1]}
TYPES = {
    p: t for p, t in GENERAL.items() if p.relative_to(PROGRAM).parts[0] in ("results", "study")
}


def own_sources(method):
    return {p: t for p, t in ALL.items() if p.parent == method.folder}


@METHODS
def test_everything_said_has_words(method):
    words = {**catalogue(SHARED), **catalogue(method.words)}
    lost = [s.place for s in said(own_sources(method)) if not s.keys(words)]
    assert not lost


@METHODS
def test_every_key_is_said(method):
    found = strings(own_sources(method)) | strings(TYPES)
    assert not unused(catalogue(method.words), found)


def unfilled(call, words):
    """Fields that a call leaves empty or gives in vain; where several keys may be meant by a
    pattern, those of the key that it fills best."""
    wanted = [fields("".join(words[k].values())) for k in call.keys(words)]
    if call.open or not wanted:
        return set()
    lacking = [want - call.fields for want in wanted]
    left = min(lacking, key=len) if any(r"\w+" in p for p in call.patterns) else set.union(*lacking)
    return left | (call.fields - set.union(*wanted))


@METHODS
def test_what_is_said_fills_its_fields_and_no_others(method):
    words = {**catalogue(SHARED), **catalogue(method.words)}
    wrong = {c.place: unfilled(c, words) for c in said(own_sources(method))}
    assert not {place: names for place, names in wrong.items() if names}


# One language counts what is left out, the other all there are.
COUNTED = {"and_more", "units_and_more"}
CATALOGUES = {m.name: m.words for m in methods()} | {"shared": SHARED}


@pytest.mark.parametrize("name", CATALOGUES)
def test_languages_are_whole_and_filled_alike(name):
    for key, texts in catalogue(CATALOGUES[name]).items():
        assert set(texts) == LANGUAGES, key
        assert key in COUNTED or fields(texts["en"]) == fields(texts["zh"]), key
        assert all(texts.values()) or key == "space", key


@pytest.mark.parametrize("name", CATALOGUES)
def test_words_name_no_variable_of_a_study(name):
    words = catalogue(CATALOGUES[name])
    assert not [key for key, texts in words.items() if OF_A_STUDY.search("".join(texts.values()))]


@METHODS
def test_no_method_repeats_what_all_share(method):
    shared = catalogue(SHARED)
    own = catalogue(method.words)
    assert not [key for key in own if key in shared and own[key] == shared[key]]


def test_every_shared_key_is_said():
    assert not unused(catalogue(SHARED), strings(ALL))


def test_shared_code_says_what_is_shared():
    words = catalogue(SHARED)
    rooms = {p: t for p, t in ALL.items() if p.relative_to(PROGRAM).parts[0] == "report"}
    calls = list(said(rooms))
    assert calls and not [c.place for c in calls if not c.keys(words)]
    assert not {c.place: unfilled(c, words) for c in calls if unfilled(c, words)}


@METHODS
def test_no_language_is_decided_in_code(method):
    """Conditions of a language are two texts of one key."""
    for path, tree in own_sources(method).items():
        text = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        assert not text & LANGUAGES, path
        assert not [t for t in text if isinstance(t, str) and re.search("[\u4e00-\u9fff]", t)], path
