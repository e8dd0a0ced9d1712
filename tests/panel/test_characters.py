"""Characters that act: what no format holds, and what a terminal obeys."""

import ast
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.panel.characters import one_line, tell, visible
from pipeline.panel.finding import Finding, Rejected, Where
from tests.conftest import ROOT

_TERMINAL = ("print", "sys.stdout", "sys.stderr")
ACTING = "\x1b[31m\n\r\t\b\x07\x9b2J\u202e\u2066\u200b\ufeff\u2028\ud800\U000e0041"


def test_what_no_format_can_hold():
    assert one_line("a\r\n\tb\x00c\u2028") == "a b c "
    assert one_line("\ud800x\uffff") == "\ufffdx\ufffd"


def test_what_cannot_be_seen_is_shown_by_its_code():
    assert visible("a\x1b[31mb\nc\u202ed\u200b") == r"a\x1b[31mb\nc\u202ed\u200b"
    assert visible("北京\u3000a b\u00a0é—5%") == "北京\u3000a b\u00a0é—5%"


@settings(deadline=None)
@given(st.text())
@example(ACTING)
def test_nothing_that_is_shown_acts(text):
    shown = visible(text)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert shown == text or len(shown) > len(text)


def test_each_argument_is_one_line_on_the_terminal(capsys):
    tell("a\nb", f"c{ACTING}")
    tell("wrong\x1b[2J", error=True)
    out, err = capsys.readouterr()
    assert out.splitlines() == [r"a\nb", f"c{visible(ACTING)}"] and err == "wrong\\x1b[2J\n"


def test_a_finding_keeps_its_lines_whatever_it_holds():
    acting = Finding("x", "error", Where(*[ACTING] * 4), ACTING, ACTING, ACTING)
    lines = str(acting).splitlines()
    assert len(lines) == 4 and visible("\n".join(lines).replace("\n", "")) in "".join(lines)
    assert str(Rejected([acting])).splitlines()[:4] == lines


def test_cells_and_names_of_files_do_not_act_on_the_terminal(workspace):
    evil = "\x1b[31m\u202eeconomy"
    workspace.edit("data/demo/nbs_export.csv", "天津市", f"天津市{evil}", "gb18030")
    _, out, err = workspace.told("ingest", "validate")
    assert "\\x1b[31m\\u202eeconomy" in out + err
    assert "\x1b" not in out + err and "\u202e" not in out + err


def test_the_terminal_is_written_to_in_one_place():
    places = set()
    for path in (ROOT / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in _TERMINAL:
                places.add(path.relative_to(ROOT / "pipeline").as_posix())
    # Before the process of a parser splits off, and at the end, what was told leaves the buffer.
    assert places - {"reading/limits.py", "__main__.py"} == {"panel/characters.py"}
