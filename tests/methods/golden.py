"""Golden pages: what each method prints, from a small stored result, compared exactly.

A method's folder `golden/` beside its tests, and any other whose name begins so, holds

    spec.toml       a table spec of the method, as a study has it (variables of the demo study)
    result.json     its result; where it is missing, REGENERATE=1 estimates it on the demo study
    changes.json    where what the demo study does not have is to be printed: what the result has
                    instead, by its place (`draws.used`, `columns.*.rows.units`)
    page.en.md, page.en.tex, page.en.html, page.en.typ, page.en.xml, and the same in Chinese

    REGENERATE=1 .venv/bin/python -m pytest tests/methods/test_golden.py -k threshold

writes the pages anew; `git diff` then shows what changed in print. A test of a method's own asks
for its page with `page(folder, demo, "en")`.
"""

import io
import json
import os
import re
import zipfile
from difflib import unified_diff
from pathlib import Path

from pipeline.methods.discover import Method, by_kind, methods
from pipeline.methods.run import estimate
from pipeline.panel.finding import Finding
from pipeline.report.compose import compose
from pipeline.report.journals import printing
from pipeline.report.page import Page
from pipeline.report.say import Say, catalogue
from pipeline.report.writers import WRITERS
from pipeline.report.writers.typst import fragment
from pipeline.results.result import from_json, to_json
from pipeline.study.specs import Spec, TableSpec
from pipeline.study.toml import read_kind

HERE = Path(__file__).resolve().parent
LANGUAGES = ("en", "zh")
NAME = "tables/00_golden"


def regenerate() -> bool:
    """Whether pages are to be written instead of compared."""
    return os.environ.get("REGENERATE") == "1"


def folder(method: Method, name: str = "golden") -> Path:
    """Where the golden pages of a method are."""
    return HERE / method.folder.parent.name / method.folder.name / name


def printing_methods() -> list[Method]:
    """The methods that print tables."""
    return [m for m in methods() if m.table_spec is not None]


def folders() -> dict[str, Path]:
    """Every folder of golden pages by its name in tests; each method that prints has `golden`."""
    found = {m.name: folder(m) for m in printing_methods()}
    for method in printing_methods():
        for more in sorted(folder(method).parent.glob("golden_*")):
            if not more.name.startswith("golden_figure"):
                found[f"{method.name}.{more.name.removeprefix('golden_')}"] = more
    return found


def page(folder, study, language: str) -> Page:
    """The page of a folder's spec and stored result."""
    spec = read_spec(folder)
    method = by_kind()[spec.kind]
    result = from_json(method.result, (folder / "result.json").read_text(encoding="utf-8"))
    say = Say(study, language, catalogue(method.words))
    table = method.function("table")(result, spec, say)
    style = printing(study, spec.style, language)
    return compose(table, style, say, name=NAME, number="1", spec=spec)


def read_spec(folder) -> TableSpec:
    """The spec of a folder of golden pages; fails with its problems."""
    problems: list[Finding] = []
    schemas = {kind: m.table_spec for kind, m in by_kind().items() if m.table_spec}
    spec = read_kind(folder / "spec.toml", schemas, problems)
    assert spec is not None, "\n".join(map(str, problems))
    return spec


def store_result(folder, study, panel, spec: Spec) -> None:
    """Estimate the folder's spec on the demo study and keep the result."""
    raw = json.loads(to_json(estimate(study, panel, NAME, spec)))
    changes = folder / "changes.json"
    if changes.exists():
        for place, value in json.loads(changes.read_text(encoding="utf-8")).items():
            _change(raw, place.split("."), value)
    text = json.dumps(raw, ensure_ascii=False, indent=1) + "\n"
    (folder / "result.json").write_text(text, encoding="utf-8")


def _change(raw, place: list[str], value) -> None:
    """Put a value at a place of a result; `*` is every part of a list or a mapping."""
    keys = range(len(raw)) if isinstance(raw, list) else list(raw)
    first, *rest = place
    for key in keys if first == "*" else [int(first) if isinstance(raw, list) else first]:
        if rest:
            _change(raw[key], rest, value)
        elif isinstance(raw, list) and key == len(raw):
            raw.append(value)
        else:
            raw[key] = value


def texts(page: Page) -> dict[str, str]:
    """Every format of a page as text, by the suffix of its golden file."""
    written = {suffix: WRITERS[suffix](page).decode("utf-8") for suffix in ("md", "tex", "html")}
    return {**written, "typ": fragment(page), "xml": body(WRITERS["docx"](page))}


def body(docx: bytes) -> str:
    """What a Word file shows: the body of its document.xml, a paragraph a line."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    inside = re.search(r"<w:body>(.*)</w:body>", document, re.DOTALL)
    assert inside is not None
    return re.sub(r"(</w:p>|</w:tr>|</w:trPr>)", r"\1\n", inside[1]) + "\n"


def check_golden(folder, page: Page) -> None:
    """Compare a page with its golden files, or write them; fails with what differs."""
    different = []
    for suffix, text in texts(page).items():
        file = folder / f"page.{page.language}.{suffix}"
        if regenerate():
            file.write_text(text, encoding="utf-8", newline="")
        elif not file.exists():
            different.append(f"{file} is missing: run with REGENERATE=1, look at it, commit it")
        else:
            different += difference(file, text)
    assert not different, "\n".join(different)


def difference(file: Path, text: str) -> list[str]:
    """The lines in which a golden file and a text differ."""
    stored = file.read_bytes().decode("utf-8")
    name = str(file.relative_to(HERE))
    lines = unified_diff(stored.splitlines(), text.splitlines(), name, "printed now", lineterm="")
    return list(lines) or ([f"{name}: line ends differ"] if stored != text else [])
