"""The commands as a user runs them: make in a copy of the project, the whole demo study twice."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.conftest import ROOT, Project


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The whole demo study, run once; tests leave it as it is."""
    folder = Project(tmp_path_factory.mktemp("project"))
    status, output = folder.make("all", hash_seed="0")
    assert status == 0, output
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project whose demo study has few specs, run once; tests go on from each other's state."""
    small = Project(tmp_path_factory.mktemp("small"))
    kept = {"02_baseline", "03_mechanisms", "04_dimensions", "03_paths"}
    for path in (small.folder / "specs/demo").glob("*/*.toml"):
        if path.stem not in kept:
            path.unlink()
    status, output = small.make("all")
    assert status == 0, output
    return small


def dates(project):
    return {p: p.stat().st_mtime_ns for p in (project.folder / "reports").rglob("*")}


def test_all_makes_every_output(project):
    there = project.hashes()
    specs = sorted((project.folder / "specs/demo").glob("*/*.toml"))
    formats = {
        "tables": ["tex", "docx", "xlsx", "md", "html"],
        "figures": ["svg", "pdf", "png"],
    }
    for spec in specs:
        for suffix in formats[spec.parent.name]:
            for mark in ("", ".zh"):
                assert f"reports/demo/{spec.parent.name}/{spec.stem}{mark}.{suffix}" in there
    names = ["report.pdf", "report.html", "report.zh.pdf", "preview.png", "validation.zh.html"]
    assert {f"reports/demo/{name}" for name in [*names, "manifest.json"]} <= there.keys()
    assert "reports/demo/preview.zh.png" in there and "reports/demo/validation.csv" in there
    report = (project.folder / "reports/demo/report.html").read_text(encoding="utf-8")
    for kind, folder in (("table", "tables"), ("picture", "figures")):
        count = len([s for s in specs if s.parent.name == folder])
        assert len(re.findall(rf'<figure class="{kind}\b', report)) == count


def test_the_manifest_names_what_went_in_and_came_out(project):
    """Each hash is that of the file's bytes; every result that holds a seed is among the seeds."""
    folder = project.folder
    manifest = json.loads((folder / "reports/demo/manifest.json").read_text(encoding="utf-8"))
    assert manifest["synthetic"] is True and len(manifest["inputs"]) == 4
    for part, place in (("inputs", "data"), ("specs", "specs"), ("outputs", "reports")):
        root = folder / place / "demo"
        for name, digest in manifest[part].items():
            assert digest == hashlib.sha256((root / name).read_bytes()).hexdigest(), name
    specs = [p for p in (folder / "specs/demo").rglob("*") if p.is_file()]
    assert manifest["specs"].keys() == {str(p.relative_to(folder / "specs/demo")) for p in specs}
    assert len(manifest["outputs"]) == len(project.hashes()) - 1
    drawn = {
        p.relative_to(folder / "build/demo/results").with_suffix("").as_posix()
        for p in (folder / "build/demo/results").rglob("*.json")
        if re.search(r'"seed": \d', p.read_text(encoding="utf-8"))
    }
    assert drawn and drawn <= manifest["seeds"].keys(), drawn - manifest["seeds"].keys()
    study = tomllib.loads((folder / "specs/demo/study.toml").read_text(encoding="utf-8"))
    assert set(manifest["seeds"].values()) == {study["seed"]} == {manifest["seed"]}


def test_a_second_run_does_nothing_and_imports_nothing_heavy(project):
    before = dates(project)
    status, output = project.make("all")
    assert status == 0 and output.strip() == "reports/demo/report.pdf is up to date"
    command = [".venv/bin/python", "-X", "importtime", "-m", "pipeline", "all", "demo"]
    run = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "reports/demo/report.pdf is up to date"
    imported = {line.split("|")[-1].strip() for line in run.stderr.splitlines()}
    ours = {name for name in imported if name.split(".")[0] == "pipeline"}
    light = {"by_content", "quick", "panel", "panel.characters"}
    assert ours == {"pipeline", *(f"pipeline.{name}" for name in light)}
    heavy = {"numpy", "pandas", "scipy", "pydantic", "matplotlib", "typst", "jinja2"}
    assert not heavy & {name.split(".")[0] for name in imported}
    assert before == dates(project)


def test_a_run_from_nothing_gives_the_same_bytes_and_the_numbers_of_the_baseline(project):
    """In other folders and with another order of sets; then what `make verify` ends with."""
    # With 0 and 101 a mean over the set of provinces differs enough to move a figure; most pairs
    # do not show it.
    status, output = project.make("all", "BUILD=again/b", "REPORTS=again/r", hash_seed="101")
    assert status == 0, output
    first, again = project.folder / "reports/demo", project.folder / "again/r/demo"
    for path in sorted(p for p in first.rglob("*") if p.is_file()):
        assert path.read_bytes() == (again / path.relative_to(first)).read_bytes(), path.name
    baseline = ROOT / "reports/baseline"
    folders = ["--build", "again/b", "--reports", "again/r", "--baseline", str(baseline)]
    run = pipeline(project, "compare", "demo", *folders)
    assert run.returncode == 0 and re.search(r"all [\d,]+ numbers agree", run.stdout), run.stdout


def pipeline(project, *arguments):
    command = [".venv/bin/python", "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, timeout=120)


def test_one_table_spec_rebuilds_one_table_and_the_report(small):
    before = small.hashes()
    spec = small.folder / "specs/demo/tables/04_dimensions.toml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace('"uri_ecology"', '"uri_equal"'), encoding="utf-8")
    status, output = small.make("all")
    assert status == 0 and "estimate: 1 of 3 specs estimated (tables/04_dimensions)" in output
    changed = {n for n, digest in small.hashes().items() if before[n] != digest}
    assert {n.split("/")[2].split(".")[0] for n in changed if "/tables/" not in n} == {
        "report",
        "manifest",
    }
    assert {n.split("/")[3].split(".")[0] for n in changed if "/tables/" in n} == {"04_dimensions"}


def test_a_new_table_is_one_new_file_and_a_removed_one_is_gone(small):
    spec = small.folder / "specs/demo/tables/89_pair.toml"
    text = 'kind = "regression"\ntitle = { en = "Pair", zh = "对" }\n[[columns]]\ncontrols = []\n'
    spec.write_text(text, encoding="utf-8")
    assert small.make("all")[0] == 0
    assert (small.folder / "reports/demo/tables/89_pair.docx").exists()
    spec.unlink()
    assert small.make("all")[0] == 0
    assert not list((small.folder / "reports/demo/tables").glob("89_*"))
    assert not list((small.folder / "build/demo/printed/tables").glob("89_*"))


def test_a_comment_in_the_program_estimates_again_and_rewrites_nothing(small):
    """The numbers are the same bytes, so no table and no figure is made again."""
    before = {p: t for p, t in dates(small).items() if p.parent.name in ("tables", "figures")}
    code = small.folder / "pipeline/inference/moments.py"
    code.write_text(code.read_text(encoding="utf-8") + "# A comment.\n", encoding="utf-8")
    status, output = small.make("all")
    assert status == 0 and "estimate: 3 of 3 specs estimated" in output and "ingest:" not in output
    assert "report: 0 of 4 tables and figures written" in output
    after = {p: t for p, t in dates(small).items() if p.parent.name in ("tables", "figures")}
    assert after == before


def test_a_method_that_changes_concerns_its_own_specs(small):
    code = small.folder / "pipeline/methods/mechanisms/mediation/estimate.py"
    code.write_text(code.read_text(encoding="utf-8") + "# A comment.\n", encoding="utf-8")
    status, output = small.make("all")
    assert status == 0 and "estimate: 1 of 3 specs estimated (tables/03_mechanisms)" in output


def test_a_changed_source_rebuilds_what_depends_on_it_whatever_its_date(small):
    source = small.folder / "data/demo/nbs_export.csv"
    text = source.read_bytes().decode("gb18030")
    head, block = text.split("医疗卫生机构床位数", 1)
    number = next(x for x in block.splitlines() if x.startswith("北京市,")).split(",")[3]
    block = block.replace(number, f"{float(number) * 1.01:.3f}", 1)
    source.write_bytes(f"{head}医疗卫生机构床位数{block}".encode("gb18030"))
    os.utime(source, (1, 1))
    status, output = small.make("all")
    # Beds are a mechanism: they enter neither index.
    assert status == 0 and "ingest:" in output and "construct:" in output
    assert "estimate: 1 of 3 specs estimated (tables/03_mechanisms)" in output


def test_a_broken_source_stops_before_anything_is_estimated(small):
    before = small.hashes()
    source = small.folder / "data/demo/survey.dta"
    kept = source.read_bytes()
    source.write_bytes(kept[:3000])
    status, output = small.make("all")
    assert status != 0 and "survey.dta" in output
    assert "Traceback" not in output and "estimate:" not in output
    assert small.hashes() == before
    source.write_bytes(kept)
    assert small.make("all")[0] == 0
    assert small.hashes() == before


def test_verify_agrees_with_a_baseline_and_can_fail(small):
    """make baseline, then make verify; a printed cell and a number changed are told, each once."""
    status, output = small.make("baseline")
    assert status == 0 and "baseline: 4 tables and figures" in output
    status, output = small.make("verify")
    assert status == 0 and re.search(r"all [\d,]+ numbers agree", output), output
    table = small.folder / "reports/baseline/demo/tables/02_baseline.json"
    content = json.loads(table.read_text(encoding="utf-8"))
    column = content["numbers"]["columns"][3]["coefficients"]["nqp"]
    column["value"] *= 1 + 1e-8
    content["printed"]["zh"]["lines"][0][1] += "9"
    table.write_text(json.dumps(content), encoding="utf-8")
    # The stage that verify ends with, on the numbers that agreed a moment ago.
    run = pipeline(small, "compare", "demo")
    output = run.stdout + run.stderr
    assert run.returncode == 1 and "2 differences" in output
    assert "02_baseline.numbers.columns[3].coefficients.nqp.value" in output
    assert "02_baseline.printed.zh.lines[0][1]" in output


def test_help_lists_every_target(small):
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    _, output = small.make("help")
    assert {line.split()[1] for line in output.splitlines()} == targets
    assert {"all", "test", "clean", "dag", "verify", "bench", "baseline"} <= targets


def test_every_make_command_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named and named <= targets


def test_clean_removes_what_was_generated_and_keeps_the_baseline(small):
    assert small.make("clean")[0] == 0
    assert not (small.folder / "build").exists() and not (small.folder / "reports/demo").exists()
    assert (small.folder / "reports/baseline/demo/tables/02_baseline.json").exists()


def test_an_unknown_study_is_one_clear_error(tmp_path):
    status, output = Project(tmp_path).make("all", "STUDY=dmeo")
    assert status != 0 and "study-missing" in output and "demo" in output
    assert "Traceback" not in output
    assert not (tmp_path / "build/dmeo").exists()


def test_the_real_panel_runs_to_its_report(tmp_path, shared):
    """From its files to its report, in one language."""
    project = Project(tmp_path)
    shutil.rmtree(tmp_path / "data")
    spec = tmp_path / "specs/china/study.toml"
    text = spec.read_text(encoding="utf-8")
    assert 'languages = ["en", "zh"]' in text
    spec.write_text(
        text.replace('languages = ["en", "zh"]', 'languages = ["en"]'), encoding="utf-8"
    )
    status, output = project.make("all", "STUDY=china", f"DATA={shared / 'data/china_panel'}")
    assert status == 0, output
    result = json.loads(
        (tmp_path / "reports/china/tables/02_baseline.json").read_text(encoding="utf-8")
    )
    rows = result["columns"][-1]["rows"]
    assert rows["observations"] == 302 and rows["units"] == 31
    text = (tmp_path / "reports/china/report.html").read_text(encoding="utf-8")
    assert "Synthetic" not in text and "suspect_typo" in text
    assert "Inner Mongolia 2021 (linear)" in text
    again = project.make("all", "STUDY=china", f"DATA={shared / 'data/china_panel'}")[1]
    assert again.count("\n") == 1
