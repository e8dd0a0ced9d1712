"""Every method's table prints what its golden pages hold, in every format and both languages."""

import pytest

from tests.methods import golden


@pytest.fixture(scope="module")
def results(demo, request):
    """Results of golden specs that have none yet, estimated where pages are regenerated."""
    missing = [
        folder
        for folder in map(golden.folder, golden.printing_methods())
        if (folder / "spec.toml").exists() and not (folder / "result.json").exists()
    ]
    if missing and golden.regenerate():
        panel = request.getfixturevalue("demo_panel")
        for folder in missing:
            golden.store_result(folder, demo, panel)


@pytest.mark.parametrize("language", golden.LANGUAGES)
@pytest.mark.parametrize("method", golden.printing_methods(), ids=lambda method: method.name)
def test_pages_are_the_golden_ones(method, language, demo, results):
    folder = golden.folder(method)
    assert (folder / "spec.toml").exists(), f"{method.name} has no golden page: see golden.py"
    golden.check_golden(folder, golden.page(folder, demo, language))
