"""make verify on the demo study, and the real study from its panel to its report."""

import json
import re
import shutil
import subprocess

from tests.conftest import ROOT, Project


def test_verify_agrees_with_the_committed_baseline_and_can_fail(tmp_path):
    project = Project(tmp_path)
    shutil.copytree(ROOT / "reports/demo", tmp_path / "reports/demo")
    status, output = project.make("verify")
    assert status == 0 and re.search(r"all [\d,]+ numbers agree", output), output
    table = tmp_path / "reports/demo/tables/02_baseline.json"
    content = json.loads(table.read_text(encoding="utf-8"))
    content["columns"][3]["terms"][0]["estimate"] += 0.001
    table.write_text(json.dumps(content), encoding="utf-8")
    # The stage that verify ends with, on the numbers that agreed a moment ago: a second run of everything would show no more.
    shutil.copytree(ROOT / "reports/demo", tmp_path / "run/demo")
    run = subprocess.run(
        [
            ".venv/bin/python",
            "-m",
            "pipeline",
            "compare",
            "demo",
            "--reports",
            "run",
            "--baseline",
            "reports",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    output = run.stdout + run.stderr
    assert run.returncode != 0 and "02_baseline.json" in output and "1 differences" in output


def test_the_real_panel_runs_to_its_report(tmp_path, shared):
    project = Project(tmp_path)
    status, output = project.make("all", "STUDY=china", f"DATA={shared / 'data/china_panel'}")
    assert status == 0, output
    table = json.loads(
        (tmp_path / "reports/china/tables/02_baseline.json").read_text(encoding="utf-8")
    )
    last = table["columns"][-1]
    assert last["statistics"]["n"] == 302 and last["statistics"]["provinces"] == 31
    text = (tmp_path / "reports/china/report.html").read_text(encoding="utf-8")
    assert (
        "Synthetic" not in text
        and "suspect_typo" in text
        and "Inner Mongolia 2021 (linear)" in text
    )
    assert (
        project.make("all", "STUDY=china", f"DATA={shared / 'data/china_panel'}")[1].count("\n")
        == 1
    )
