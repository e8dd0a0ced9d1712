"""Texts break by their measured width; no label, however long, is cut in a figure of any kind."""

import warnings
from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from pipeline.methods.discover import by_kind
from pipeline.report.pictures.lines import beyond, fitted, height
from pipeline.report.pictures.style import LEAST, FigureStyle
from pipeline.report.say import Say
from pipeline.study.closed import Text
from tests.methods import golden, golden_figures

FOLDERS = golden_figures.folders()
LONG = {
    "en": "A label as long as no journal would ever print one, with qualifications (log, per head, "
    "at constant prices of 2011), winsorised",
    "zh": "长达一百二十个汉字、没有任何期刊会刊印的变量名称（取对数，按人均计算，"
    "以二零一一年的不变价格折算，并经缩尾处理），"
    + "用以检验图形中的文字是否会超出图形的边界而被截断" * 2
    + "，以及是否互相重叠覆盖难以辨认",
}


def widths(text, size):
    """Widths of the lines as drawn, inches."""
    figure = Figure(dpi=600)  # of hinted letters as wide as those of the svg
    drawn = [figure.text(0, 0, line, fontsize=size) for line in text.split("\n")]
    return [t.get_window_extent().width / figure.dpi for t in drawn]


@pytest.mark.parametrize("families", [("DejaVu Sans", "Noto Sans SC"), ("DejaVu Serif",)])
def test_no_line_is_wider_than_it_may_be(families):
    texts = [LONG["en"], "MMMM WWWW " * 9, "i" * 200]
    if len(families) > 1:
        texts += [LONG["zh"], "城乡收入差距（log）of China，" * 5]
    with FigureStyle(families=families).active():
        for text in texts:
            told = fitted(text, 1.5, 8)
            assert max(widths(told, 8)) < 1.55
            assert "".join(told.split()) == "".join(text.split())


def test_lines_end_where_a_reader_expects_it():
    assert fitted("Minimum living standard, urban / rural", 1.9, 9) == (
        "Minimum living standard,\nurban / rural"
    )
    assert fitted("城乡最低生活保障标准之比（城镇，农村）", 1.5, 9) == (
        "城乡最低生活保障标准之比\n（城镇，农村）"
    )
    lines = fitted(LONG["zh"], 1.0, 9).split("\n")
    assert not any(line[0] in "，。、）" or line[-1] == "（" for line in lines)
    assert fitted("a\nb", 1, 9) == "a\nb" and fitted("", 1, 9) == ""


def test_further_lines_are_counted():
    assert beyond(["a", "b\nc\nd"], 9) == pytest.approx(1.28 * 9 / 72)
    assert beyond(["a"], 9) == beyond([], 9) == 0
    assert height("a\nb", 9) == pytest.approx(2 * 1.28 * 9 / 72)


@pytest.mark.parametrize("language", golden.LANGUAGES)
@pytest.mark.parametrize("name", FOLDERS)
def test_labels_of_120_signs_are_not_cut(name, language, demo, monkeypatch):
    """Labels of the study's variables, and those that specs give; Matplotlib warns of no panel
    that has lost its room and no sign without a glyph."""
    assert len(LONG[language]) >= 120
    monkeypatch.setattr(Text, "in_language", lambda _, code: LONG[code])
    monkeypatch.setattr(Say, "label", lambda self, _: LONG[self.language])
    say = golden_figures.say_of(FOLDERS[name], demo, language)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = golden_figures.draw(FOLDERS[name], say)
        assert golden_figures.cut(figure) == 0


def test_a_figure_of_one_panel_has_room_for_its_key(demo):
    """Of marginal effects along one lever, the key is wider than a panel."""
    folder = FOLDERS["levers.marginal_effects"]
    shown = golden_figures.shown(folder)
    one = replace(shown.own, curves=shown.own.curves[:1])
    spec, say = golden_figures.read_spec(folder), golden_figures.say_of(folder, demo, "en")
    figure = by_kind()[spec.kind].function("figure")(replace(shown, own=one), spec, say)
    assert golden_figures.cut(figure) == 0
    assert figure.get_figwidth() == LEAST
