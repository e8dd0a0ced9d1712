"""The comparison with the baseline finds what differs: a check that can fail."""

import json

import pytest

from pipeline.provenance.compare import compare_files, same


def write(path, value):
    path.write_text(json.dumps(value))
    return path


RESULT = {
    "spec": "tables/x",
    "columns": [
        {
            "key": "1",
            "terms": [{"name": "nqp", "estimate": 0.25, "se": 0.1, "p": None}],
            "statistics": {"n": 403},
        }
    ],
    "provenance": {"inputs": "abc"},
}


def test_equal_files_agree_and_fingerprints_do_not_count(tmp_path):
    other = json.loads(json.dumps(RESULT))
    other["provenance"]["inputs"] = "def"
    assert compare_files(write(tmp_path / "a", RESULT), write(tmp_path / "b", other)) == (3, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda r: r["columns"][0]["terms"][0].update(estimate=0.2501),
            "nqp.estimate: 0.25 here, 0.2501",
        ),
        (lambda r: r["columns"][0]["statistics"].update(n=402), "n: 403 here, 402"),
        (lambda r: r["columns"][0]["terms"][0].pop("se"), "se: 0.1 here, absent"),
        (
            lambda r: r["columns"][0]["terms"].append({"name": "new", "estimate": 1.0}),
            "new.estimate: absent here, 1.0",
        ),
    ],
)
def test_differences_are_listed(tmp_path, change, said):
    other = json.loads(json.dumps(RESULT))
    change(other)
    _, lines = compare_files(write(tmp_path / "a", RESULT), write(tmp_path / "b", other))
    assert any(said in line for line in lines), lines


def test_tolerance():
    assert same(1.0, 1.0 + 1e-8) and not same(1.0, 1.0 + 1e-6)
    assert not same(1.0, None) and same(None, None) and not same(True, 1) and not same("a", "b")
