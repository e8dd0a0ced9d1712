"""The manifest: hashes of the files that went in and came out, versions, seeds."""

import hashlib
import importlib.metadata
import json
import platform
import re

import pytest

from pipeline.methods.discover import methods


@pytest.fixture
def ran(ready):
    ready.keep("01_descriptives", "02_baseline", "03_mechanisms")
    assert ready.run("all")[0] == 0
    return ready


def manifest(workspace):
    from pipeline.provenance.manifest import manifest
    from pipeline.quick import inputs

    study = workspace.open()
    paths = study.paths
    return manifest(study, inputs(paths.specs, paths.data, (paths.build, paths.reports)))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_hashes_are_those_of_the_files_and_follow_a_changed_byte(ran):
    written = json.loads((ran.reports / "manifest.json").read_text(encoding="utf-8"))
    assert written == manifest(ran)
    places = {"inputs": ran.data, "specs": ran.specs, "outputs": ran.reports}
    outputs = {p.relative_to(ran.reports).as_posix() for p in ran.reports.rglob("*.*")}
    assert written["outputs"].keys() == outputs - {"manifest.json"}
    assert written["inputs"].keys() == {
        "nbs_export.csv",
        "yearbook.xlsx",
        "survey.dta",
        "levers_long.csv",
    }
    for part, changed in (
        ("inputs", "survey.dta"),
        ("specs", "tables/02_baseline.toml"),
        ("outputs", "tables/02_baseline.zh.docx"),
    ):
        for name, digest in written[part].items():
            assert digest == sha256(places[part] / name), name
        path = places[part] / changed
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        now = manifest(ran)
        assert now[part][changed] == sha256(path) != written[part][changed]
        now[part][changed] = written[part][changed]
        assert now == written, f"only {changed} differs"
        path.write_bytes(content)


def test_versions_of_every_package_and_of_python(ready):
    found = manifest(ready)
    assert found["python"] == ".".join(platform.python_version().split(".")[:2])
    for name in ("numpy", "pandas", "scipy", "matplotlib", "typst", "pydantic", "python-docx"):
        assert found["packages"][name] == importlib.metadata.version(name)
    there = {d.metadata["Name"].lower() for d in importlib.metadata.distributions()}
    assert found["packages"].keys() == {re.sub("[-_.]+", "-", name) for name in there}


def test_seeds_of_the_specs_that_draw(ready):
    ready.keep("01_descriptives", "02_baseline", "03_mechanisms")
    found = manifest(ready)
    assert found["seeds"] == {"tables/02_baseline": 20240211, "tables/03_mechanisms": 20240211}
    assert found["seed"] == 20240211
    ready.edit("specs/demo/study.toml", "20240211", "5")
    assert set(manifest(ready)["seeds"].values()) == {5}


def test_methods_that_reach_for_draws_say_that_they_draw():
    """A method whose estimator names a seed or a stream is declared random, so that the manifest
    lists it."""
    for method in methods():
        if not method.has("estimate"):
            continue
        code = (method.folder / "estimate.py").read_text(encoding="utf-8")
        specs = [s for s in (method.table_spec, method.figure_spec) if s is not None]
        if "task.seed" in code or "task.stream" in code or "wild_p(" in code:
            assert any(s.random for s in specs), method.name
