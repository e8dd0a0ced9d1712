"""What the report says, block by block, and in which files: a small study, both languages."""

import re
import tomllib
from dataclasses import replace
from html import unescape
from string import Formatter

import pytest

from pipeline.panel.characters import one_line
from pipeline.panel.finding import Finding, Where
from pipeline.publish.document import content, data, pdf, run, summary, web
from pipeline.publish.document.pdf import caption
from pipeline.publish.edition import Edition
from pipeline.publish.numbers import figure_numbers, figures_after, table_numbers
from pipeline.publish.run import _remove_orphans
from pipeline.report.say import Say, catalogue
from pipeline.study.schema import Bureau
from pipeline.study.style import Style
from tests.conftest import ROOT, Workspace
from tests.report.texts import dressed_study

KEPT = (
    *("01_descriptives", "02_baseline", "03_mechanisms", "91_weights_nqp"),
    *("02_trends", "03_paths"),
)
WORDS = ROOT / "pipeline/publish/document/words.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, constructed):
    """A study of four tables and two figures, printed."""
    import contextlib
    import io

    from pipeline.__main__ import main

    folder = tmp_path_factory.mktemp("document")
    Workspace(folder, None, constructed).keep(*KEPT)
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["report", "demo"]) == 0
    return folder


@pytest.fixture
def edition(folder, monkeypatch):
    from pipeline.methods.load import open_study
    from pipeline.study.paths import study_paths

    monkeypatch.chdir(folder)
    return Edition.of(open_study(study_paths("demo")))


def words(edition, language="en"):
    return Say(edition.study, language, catalogue(WORDS))


def headings(blocks):
    return [b.text for b in blocks if b.kind == "heading"]


def under(blocks, heading):
    """The blocks of a section."""
    start = next(i for i, b in enumerate(blocks) if b.kind == "heading" and b.text == heading)
    rest = blocks[start + 1 :]
    end = next((i for i, b in enumerate(rest) if b.kind == "heading"), len(rest))
    return rest[:end]


ENGLISH = [
    *("What the estimates say", "What a referee would ask", "Data", "Data availability"),
    *("Methods", "Results", "Appendix", "Construction", "Data checks"),
]
CHINESE = ["主要结果", "审稿人可能的质疑", "数据", "数据可得性"]
CHINESE += ["方法", "实证结果", "附录", "指标构造", "数据校验"]


@pytest.mark.parametrize(("language", "titles"), [("en", ENGLISH), ("zh", CHINESE)])
def test_the_sections_and_their_order(edition, language, titles):
    blocks = content.blocks(edition, [], words(edition, language))
    assert headings(blocks) == titles
    assert blocks[0].text == edition.study.spec.question.in_language(language)
    body = [(b.kind, b.text) for b in under(blocks, titles[5])]
    assert body == [
        ("table", "tables/01_descriptives"),
        ("figure", "figures/02_trends"),
        ("table", "tables/02_baseline"),
        ("table", "tables/03_mechanisms"),
        ("figure", "figures/03_paths"),
    ]
    assert [b.text for b in under(blocks, titles[6])] == ["tables/91_weights_nqp"]


def test_what_was_refused_stands_first_with_its_reason(edition):
    where = Where(file="specs/demo/tables/02_baseline.toml")
    found = Finding("collinear", "error", where, "land does not vary", "variation", "drop it")
    name = "tables/02_baseline"
    partial = Edition(edition.study, {name: [found]})
    for language, title in (("en", "What is missing"), ("zh", "未能给出的结果")):
        blocks = content.blocks(partial, [], words(partial, language))
        assert headings(blocks)[0] == title
        (item,) = next(b for b in under(blocks, title) if b.kind == "list").items
        assert name in item and "land does not vary" in item and "variation" in item
        assert name not in [b.text for b in blocks if b.kind == "table"]
    assert "What is missing" not in headings(content.blocks(edition, [], words(edition)))


def test_a_figure_without_its_table_is_left_out(edition):
    found = Finding("x", "error", Where(), "x", "x", "x")
    partial = Edition(edition.study, {"tables/03_mechanisms": [found]})
    assert partial.figures == ["figures/02_trends"]


def test_numbers_of_tables_and_figures(edition, demo):
    assert table_numbers(edition.study) == {
        "tables/01_descriptives": "1",
        "tables/02_baseline": "2",
        "tables/03_mechanisms": "3",
        "tables/91_weights_nqp": "A1",
    }
    assert figure_numbers(edition.study) == {"figures/02_trends": "1", "figures/03_paths": "2"}
    assert figures_after(edition.study, "tables/03_mechanisms") == ["figures/03_paths"]
    every = figure_numbers(demo)
    assert sorted(map(int, every.values())) == list(range(1, len(demo.figures) + 1))


def test_captions_of_tables_and_figures_in_both_languages(edition):
    title = edition.study.figures["figures/03_paths"].title
    assert caption(edition, "figures/03_paths", words(edition)) == f"Figure 2. {title.en}"
    assert caption(edition, "figures/03_paths", words(edition, "zh")) == f"图2 {title.zh}"
    for language, number in (("en", "Table 3"), ("zh", "表3")):
        page = edition.page("tables/03_mechanisms", language)
        own = edition.study.tables["tables/03_mechanisms"].title.in_language(language)
        assert number in page.caption and own in page.caption


def test_the_data_are_said_to_be_available_as_they_are(edition):
    study, say = edition.study, words(edition)
    lead, sources = data.availability(study, say)
    assert "synthetic" in lead and "specs/demo/simulation.toml" in lead
    assert [s.split(":")[0] for s in sources] == [s.file for s in study.spec.sources]
    assert "Synthetic, a Stata file" in sources[2] and "no public address" not in sources[2]
    private = replace(study, spec=study.spec.model_copy(update={"synthetic": False}))
    lead, sources = data.availability(private, Say(private, "en", catalogue(WORDS)))
    assert "not distributed" in lead and all("no public address" in s for s in sources)
    keys = {"url": "https://example.org/a", "licence": "CC0", "sha256": "ab" * 32, "commit": "c1"}
    public = [s.model_copy(update=keys) for s in study.spec.sources]
    spec = private.spec.model_copy(update={"sources": public})
    fetched = replace(private, spec=spec)
    lead, sources = data.availability(fetched, Say(fetched, "en", catalogue(WORDS)))
    assert "make fetch STUDY=demo" in lead and "no public address" not in "".join(sources)
    for text in ("https://example.org/a", "licence: CC0", "SHA-256 abab", "commit c1"):
        assert text in sources[0]


def test_a_query_to_the_statistical_office_is_an_address(edition):
    query = {"path": "人口", "indicator": "年末常住人口", "years": (2012, 2020)}
    source = edition.study.spec.sources[0]
    asked = source.model_copy(update={"nbs": Bureau.model_construct(**query)})
    told = list(data._address(edition.study, asked, words(edition)))
    assert told == ["data.stats.gov.cn, 人口 > 年末常住人口, 2012–2020"]


def test_repairs_are_told_and_confirmations_are_not(edition):
    from pipeline.study.schema import Repair

    made = Repair(variable="pop", action="set", value=1.0, reason="a digit too many")
    looked = Repair(variable="trade", action="confirm", reason="looked up")
    study = replace(edition.study, repairs=[made, looked])
    lead, _ = data.availability(study, Say(study, "en", catalogue(WORDS)))
    assert "Resident population (set): a digit too many" in lead and "looked up" not in lead


def test_the_counts_of_the_panel_are_those_of_the_study(edition):
    study = edition.study
    said = data.data(study, words(edition))[0]
    assert f"{len(study.provinces)} units over 2011–2023, 403 unit-years" in said
    assert f"{len(study.codebook)} raw variables, {len(study.derived)} derived" in said
    lines = data.construction(study, words(edition))
    assert len(lines) == len(study.codebook) + len(study.derived)


def test_the_referee_counts_tests_clusters_and_what_the_checks_doubt(edition):
    found = [
        Finding("missing-cell", "warning", Where(variable="pop"), "x", "x", "x"),
        Finding("jump", "warning", Where(variable="trade"), "x", "x", "x"),
    ]
    blocks = content.blocks(edition, found, words(edition))
    (items,) = [b.items for b in under(blocks, "What a referee would ask")]
    text = " ".join(items)
    assert "Only 31 clusters" in text and re.search(r"print \d+ tests", text)
    assert "Cells are missing in: Resident population" in text
    assert "contradict another series: Imports and exports" in text
    assert "No instrument is used" in text
    checks = under(blocks, "Data checks")
    assert "notes: 2" in checks[0].text and len(checks[1].items) == 2
    nothing = content.blocks(edition, [], words(edition))
    assert under(nothing, "Data checks")[0].text == "The data checks found nothing."


def test_the_main_table_is_that_of_mechanisms_else_the_headline_else_the_first(edition):
    refusal = [Finding("x", "error", Where(), "x", "x", "x")]

    def main(*names):
        return run.main_table(Edition(edition.study, dict.fromkeys(names, refusal)))

    mechanisms, baseline = "tables/03_mechanisms", "tables/02_baseline"
    assert main() == mechanisms
    assert main(mechanisms) == baseline
    assert main(mechanisms, baseline) == "tables/01_descriptives"
    assert main(*edition.study.tables) is None


def test_the_preview_is_the_main_table(folder):
    for mark in ("", ".zh"):
        picture = (folder / f"reports/demo/preview{mark}.png").read_bytes()
        assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


@pytest.mark.parametrize(
    ("file", "lang", "other", "link"),
    [
        ("report.html", "en", "report.zh.html", "中文版"),
        ("report.zh.html", "zh-CN", "report.html", "English version"),
    ],
)
def test_the_html_report_stands_alone_and_links_to_the_other_language(
    folder, file, lang, other, link
):
    html = (folder / "reports/demo" / file).read_text(encoding="utf-8")
    assert f'lang="{lang}"' in html and f'href="{other}"' in html and link in html
    assert (folder / "reports/demo" / other).exists()
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', html))
    assert {x for x in links if not x.startswith("data:")} == {other}
    assert len(re.findall(r'<figure class="table\b', html)) == 4
    assert len(re.findall(r'<figure class="picture\b', html)) == 2


def test_every_word_is_used_and_has_the_same_fields_in_every_language():
    said = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    code = "\n".join(p.read_text(encoding="utf-8") for p in sorted(WORDS.parent.glob("*.py")))
    made = {"title_", "version_"}  # built from the section's or the language's name
    for key, texts in said.items():
        fields = [
            {f for _, f, _, _ in Formatter().parse(t) if f is not None} for t in texts.values()
        ]
        assert texts.keys() == {"en", "zh"} and fields[0] == fields[1], key
        stem = next((key.removeprefix(m) for m in made if key.startswith(m)), key)
        assert f'"{key}"' in code or f'"{stem}"' in code or key.startswith("version_"), key
    assert {k for k in said if k.startswith("version_")} == {"version_en", "version_zh"}


def restyled(edition, name, **style):
    """The edition with another style of one table."""
    spec = edition.study.tables[name].model_copy(update={"style": Style(**style)})
    study = replace(edition.study, tables=edition.study.tables | {name: spec})
    return Edition(study, {})


def test_files_of_specs_that_are_gone_go_too(edition, tmp_path):
    paths = replace(edition.study.paths, build=tmp_path / "build", reports=tmp_path / "reports")
    folders = (paths.reports / "tables", paths.build / "printed/tables")
    there, gone = (
        [folder / f"{stem}{end}" for folder in folders for end in (".md", ".zh.md", ".json")]
        for stem in ("02_there", "77_gone")
    )
    for file in (*there, *gone):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    _remove_orphans(replace(edition.study, paths=paths), set(there))
    assert all(f.exists() for f in there) and not any(f.exists() for f in gone)


def test_tests_that_are_not_printed_are_not_counted(edition):
    def count(of):
        told = " ".join(summary.cautions(of, [], words(of)))
        return int(re.search(r"print (\d+) tests", told)[1])

    name = "tables/02_baseline"
    columns = len(edition.result(name).columns)
    alone = Edition(replace(edition.study, tables={}, figures={}), {})
    assert count(alone) == 0
    lost = count(edition) - count(restyled(edition, name, drop=["finance"]))
    with_it = sum("finance" in c.coefficients for c in edition.result(name).columns)
    assert 0 < with_it <= columns and lost == with_it


def test_the_methods_speak_of_products_only_where_some_are_estimated(edition):
    name = "tables/03_mechanisms"
    assert "a × b" in data.methods(edition, words(edition))
    two = edition.study.tables[name].model_copy(update={"design": "two-step"})
    study = replace(edition.study, tables=edition.study.tables | {name: two})
    assert "a × b" not in data.methods(Edition(study, {}), words(edition))
    refusal = [Finding("x", "error", Where(), "x", "x", "x")]
    refused = Edition(edition.study, {name: refusal})
    assert "a × b" not in data.methods(refused, words(edition))


def test_the_table_of_the_headline_is_spoken_of_first(edition):
    first = edition.study.tables["tables/02_baseline"]
    tables = {n: s for n, s in edition.study.tables.items() if n != "tables/02_baseline"}
    study = replace(edition.study, tables=tables | {"tables/02_baseline": first})
    assert summary.summary(Edition(study, {}), words(edition))[0].startswith("NQP index and")


def test_the_report_shows_the_words_of_specs_and_findings_as_they_are(edition):
    evil = 'a" <b>x</b> &\n= h #panic() *s* \\input{x} $x$ </title><script>'
    shown = one_line(evil)
    study = dressed_study(edition.study, evil)
    dressed = Edition(study, {})
    finding = Finding("x", "warning", Where(file=evil), evil, evil, evil)
    say = words(dressed)
    blocks = content.blocks(dressed, [finding], say)
    pages = {name: dressed.page(name, "en") for name in dressed.tables}
    html = web.render(dressed, blocks, pages, say).decode()
    assert not re.search(r"<(b|x|script)\b", html) and html.count("<title>") == 1
    assert unescape(html).count(shown) > 20 and evil not in unescape(html)
    source = pdf.source(dressed, blocks, pages, say)
    assert pdf.render(dressed, source)[:4] == b"%PDF"
