"""Findings as a Markdown page: their words as they are, whatever signs they hold."""

from hypothesis import example, given, settings
from markdown_it import MarkdownIt

from pipeline.panel.characters import one_line
from pipeline.panel.finding import Finding, Where
from pipeline.report.findings import findings_page
from tests.report.texts import AWKWARD, NASTY

FOUND = Finding("range", "warning", Where("a.xlsx", province="Hebei"), "-3", "above 0", "look")
BARE = Finding("x", "error", Where(), "f", "e", "r")
NOTE = Finding("y", "note", Where(file="b.csv"), "g", "h", "i")


def test_a_page_of_findings():
    page = findings_page("Title", [FOUND, BARE, NOTE, NOTE])
    assert page.startswith(
        "# Title\n\n1 errors, 1 warnings, 2 notes. "
        "Errors stop the run before anything is estimated.\n\n- **warning** `range` Hebei; a.xlsx\n"
    )
    assert page.endswith("- **note** `y` b.csv\n  - found: g\n  - expected: h\n  - to do: i\n")
    assert "0 errors, 1 warnings, 0 notes. Nothing stops the run.\n" in findings_page("T", [FOUND])


def _shown(page):
    """The texts of a page, and the types of its tokens."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    inline = [t for t in tokens if t.type == "inline"]
    kinds = {t.type for t in tokens} | {c.type for t in inline for c in t.children}
    return ["".join(c.content for c in t.children) for t in inline], kinds


@settings(deadline=None)
@given(NASTY)
@example(" ".join(AWKWARD))
def test_a_finding_shows_its_words(text):
    shown, kinds = _shown(findings_page("T", [Finding("c", "note", Where(text), text, text, text)]))
    said = one_line(text)
    wanted = [f"note c {said}", f"found: {said}", f"expected: {said}", f"to do: {said}"]
    assert [s.strip() for s in shown[2:]] == [w.strip() for w in wanted]
    assert kinds == _shown(findings_page("T", [NOTE]))[1] | (kinds & {"text_special"})
