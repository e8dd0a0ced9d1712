"""What the project depends on, and under which licences."""

import re
from importlib.metadata import PackageNotFoundError, version

import pytest

from pipeline.panel.finding import Rejected
from pipeline.provenance import licences
from tests.conftest import ROOT

ROW = re.compile(r"^\| (?P<name>\S+) \| (?P<versions>.+) \| (?P<licence>.+) \| (?P<need>\w+) \|$")
ROWS = [m for m in map(ROW.match, (ROOT / licences.PAGE).read_text("utf-8").splitlines()) if m]


def test_the_page_agrees_with_the_locks():
    locked = licences.packages(ROOT)
    told = {r["name"]: (r["versions"].split(", "), r["need"]) for r in ROWS if r["name"] in locked}
    assert told == {name: (sorted(found), need) for name, (found, need) in locked.items()}
    assert len(ROWS) == len(locked)


def test_the_page_agrees_with_what_the_packages_say():
    checked = 0
    for row in ROWS:
        try:
            here = version(row["name"]) in row["versions"].split(", ")
        except PackageNotFoundError:
            here = False
        if here:
            assert licences.licence_of(row["name"]) == row["licence"]
            checked += 1
    assert checked > 50


def test_nothing_is_under_a_licence_that_the_project_is_not():
    licences_of = {row["name"]: row["licence"] for row in ROWS}
    assert list(licences._problems(licences_of)) == []


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        ("AGPL-3.0-or-later", "licence-copyleft"),
        ("GNU General Public License v3 (GPLv3)", "licence-copyleft"),
        ("LGPL-2.1-only", "licence-copyleft"),
        ("", "licence-unknown"),
        ("MPL-2.0", None),
    ],
)
def test_a_new_package_of_another_licence_is_refused(tmp_path, monkeypatch, licence, code):
    (tmp_path / "requirements.lock").write_text("numpy==2.4.6 \\\n    --hash=sha256:0\n")
    (tmp_path / "requirements-dev.lock").write_text("new==1.0 ; sys_platform == 'x' \\\n")
    monkeypatch.setattr(licences, "licence_of", {"numpy": "BSD-3-Clause", "new": licence}.get)
    if code is None:
        assert "| new | 1.0 | MPL-2.0 | tests |\n" in licences.page(tmp_path)
        return
    with pytest.raises(Rejected) as refused:
        licences.page(tmp_path)
    (finding,) = refused.value.findings
    assert (finding.code, finding.where.key) == (code, "new")
    monkeypatch.setattr(licences, "_EXCEPTIONS", {"new": "a reason"})
    if licence:
        assert "| new | 1.0 |" in licences.page(tmp_path)
