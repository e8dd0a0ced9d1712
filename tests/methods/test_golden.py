"""Every method's table prints what its golden pages hold, in every format and both languages."""

import pytest

from tests.methods import golden

FOLDERS = golden.folders()


@pytest.mark.parametrize("language", golden.LANGUAGES)
@pytest.mark.parametrize("name", FOLDERS)
def test_pages_are_the_golden_ones(name, language, demo, request):
    folder = FOLDERS[name]
    assert (folder / "spec.toml").exists(), f"{name} has no golden page: see golden.py"
    if golden.regenerate() and not (folder / "result.json").exists():
        panel = request.getfixturevalue("demo_panel")
        golden.store_result(folder, demo, panel, golden.read_spec(folder))
    golden.check_golden(folder, golden.page(folder, demo, language))
