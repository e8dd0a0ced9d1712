"""The two commands, as a user runs them: make in a copy of the project."""

import json
import os
import re
import shutil

import pytest

from tests.conftest import ROOT, Project


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = Project(tmp_path_factory.mktemp("project"))
    status, output = folder.make("all", hash_seed="0")
    assert status == 0, output
    return folder


def test_all_makes_every_output(project):
    there = project.hashes()
    for name in (
        "report.pdf",
        "report.html",
        "report.zh.pdf",
        "manifest.json",
        "tables/02_baseline.tex",
        "tables/02_baseline.docx",
        "tables/03_mechanisms.zh.html",
        "figures/03_paths.svg",
    ):
        assert f"reports/demo/{name}" in there
    report = (project.folder / "reports/demo/report.html").read_text(encoding="utf-8")
    for kind, folder in (("table", "tables"), ("picture", "figures")):
        assert report.count(f'<figure class="{kind}"') == len(
            list((project.folder / "specs/demo" / folder).glob("*.toml"))
        )
    manifest = json.loads(
        (project.folder / "reports/demo/manifest.json").read_text(encoding="utf-8")
    )
    assert manifest["synthetic"] is True and len(manifest["inputs"]) == 4
    for name, digest in manifest["outputs"].items():
        assert there[f"reports/demo/{name}"] == digest


def test_a_second_run_does_nothing(project):
    before = {p: p.stat().st_mtime_ns for p in (project.folder / "reports").rglob("*")}
    status, output = project.make("all")
    assert status == 0 and output.strip() == "reports/demo/report.pdf is up to date"
    assert before == {p: p.stat().st_mtime_ns for p in (project.folder / "reports").rglob("*")}


def test_a_run_from_nothing_gives_the_same_bytes_whatever_the_order_of_sets(project):
    before = project.hashes()
    shutil.rmtree(project.folder / "build")
    shutil.rmtree(project.folder / "reports")
    # With 0 and 101 a mean over the set of provinces differs enough to move a figure; most pairs do not show it.
    assert project.make("all", hash_seed="101")[0] == 0
    assert project.hashes() == before


def test_one_table_spec_rebuilds_one_table_and_the_report(project):
    before = project.hashes()
    spec = project.folder / "specs/demo/tables/04_dimensions.toml"
    spec.write_text(
        spec.read_text(encoding="utf-8").replace('"uri_ecology"', '"uri"'), encoding="utf-8"
    )
    status, output = project.make("all")
    assert status == 0 and re.search(
        r"estimate: 1 of \d+ specs estimated \(tables/04_dimensions\)", output
    )
    changed = {n for n, digest in project.hashes().items() if before[n] != digest}
    assert {n.split("/")[2].split(".")[0] for n in changed if "/tables/" not in n} == {
        "report",
        "manifest",
    }
    assert {n.split("/")[3].split(".")[0] for n in changed if "/tables/" in n} == {"04_dimensions"}


def test_a_new_table_is_one_new_file_and_a_removed_one_is_gone(project):
    """From here on with three figures: a table more or less numbers all anew, and drawing takes most of the time."""
    for figure in sorted((project.folder / "specs/demo/figures").glob("*.toml"))[3:]:
        figure.unlink()
    spec = project.folder / "specs/demo/tables/89_pair.toml"
    spec.write_text(
        'kind = "regression"\ntitle = { en = "Pair", zh = "对" }\n[[columns]]\n', encoding="utf-8"
    )
    assert project.make("all")[0] == 0
    assert (project.folder / "reports/demo/tables/89_pair.docx").exists()
    spec.unlink()
    assert project.make("all")[0] == 0
    assert not list((project.folder / "reports/demo/tables").glob("89_*"))


def test_a_changed_source_rebuilds_what_depends_on_it_whatever_its_date(project):
    source = project.folder / "data/demo/nbs_export.csv"
    text = source.read_bytes().decode("gb18030")
    head, block = text.split("医疗卫生机构床位数", 1)
    number = next(x for x in block.splitlines() if x.startswith("北京市,")).split(",")[3]
    block = block.replace(number, f"{float(number) * 1.01:.3f}", 1)
    source.write_bytes(f"{head}医疗卫生机构床位数{block}".encode("gb18030"))
    os.utime(source, (1, 1))
    status, output = project.make("all")
    done = re.search(r"estimate: (\d+) of (\d+)", output)
    assert status == 0 and "ingest:" in output and done and done[1] == done[2]


def test_a_broken_source_stops_before_anything_is_estimated(project):
    before = project.hashes()
    source = project.folder / "data/demo/survey.dta"
    kept = source.read_bytes()
    source.write_bytes(kept[:3000])
    status, output = project.make("all")
    assert (
        status != 0
        and "survey.dta" in output
        and "Traceback" not in output
        and "estimate:" not in output
    )
    assert project.hashes() == before
    source.write_bytes(kept)
    assert project.make("all")[0] == 0


def test_help_lists_every_target(project):
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    _, output = project.make("help")
    assert {line.split()[1] for line in output.splitlines()} == targets
    assert {"all", "test", "clean", "dag", "verify", "bench"} <= targets


def test_every_make_command_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named and named <= targets


def test_clean_removes_what_was_generated(project):
    assert project.make("clean")[0] == 0
    assert not (project.folder / "build").exists() and (project.folder / "reports/demo").exists()


def test_an_unknown_study_is_one_clear_error(tmp_path):
    status, output = Project(tmp_path).make("all", "STUDY=dmeo")
    assert (
        status != 0 and "study-missing" in output and "demo" in output and "Traceback" not in output
    )
    assert not (tmp_path / "build/dmeo").exists()
