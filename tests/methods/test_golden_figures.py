"""Every figure draws what its golden files hold, and is never cut."""

from dataclasses import dataclass

import pytest

from pipeline.report.say import Say
from tests.methods import golden, golden_figures

FOLDERS = golden_figures.folders()
_LARGEST = 20_000  # bytes of a picture
# Labels as long as authors make them.
_LONG = {
    "en": "A label in as many as sixty characters, as few authors do it",
    "zh": "作者也许会采用的长达三十个汉字的变量名称用以检验图形是否被截断",
}


@dataclass(frozen=True)
class LongSay(Say):
    """The words of a study whose variables all have long labels."""

    def label(self, variable: str) -> str:
        """As long a label as there is."""
        return _LONG[self.language]


@pytest.mark.parametrize("language", golden.LANGUAGES)
@pytest.mark.parametrize("name", FOLDERS)
def test_figures_are_the_golden_ones(name, language, demo, request):
    folder = FOLDERS[name]
    assert (folder / "spec.toml").exists(), f"{name} has no golden figure: see golden_figures.py"
    own = golden_figures.estimates(folder)
    if golden.regenerate() and own and not (folder / "result.json").exists():
        panel = request.getfixturevalue("demo_panel")
        golden.store_result(folder, demo, panel, golden_figures.read_spec(folder))
    golden_figures.check_golden(folder, demo, language)
    assert (folder / "picture.png").stat().st_size < _LARGEST


@pytest.mark.parametrize("language", golden.LANGUAGES)
@pytest.mark.parametrize("name", FOLDERS)
def test_long_labels_are_not_cut(name, language, demo):
    own = golden_figures.say_of(FOLDERS[name], demo, language)
    say = LongSay(own.study, own.language, own.own)
    assert golden_figures.cut(golden_figures.draw(FOLDERS[name], say)) == 0
