"""Texts of a study: one line each, whatever blanks their authors typed."""

from dataclasses import replace

import pytest

from pipeline.report.say import Say
from pipeline.study.closed import Text, on_one_line


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("a\t b\r\n\n c ", "a b c"),
        ("\x00a\u2028b\x85", "a b"),
        ("a\ufffeb\ud800", "a\ufffdb\ufffd"),
        ("a\u00a0 b\u3000c", "a\u00a0 b\u3000c"),
    ],
)
def test_blanks_become_one(typed, told):
    assert on_one_line(typed) == told
    assert Text(en=typed, zh=typed).in_language("zh") == told


def test_labels_of_the_codebook_are_one_line(demo):
    name, row = next(iter(demo.codebook.items()))
    typed = row.model_copy(update={"label_en": "Road\tlength\n  (km)"})
    study = replace(demo, codebook={**demo.codebook, name: typed})
    assert Say(study, "en", {}).label(name) == "Road length (km)"


def test_a_unit_of_the_study_itself_is_one_line(demo):
    name, derived = next(iter(demo.derived.items()))
    typed = derived.model_copy(update={"unit": "own\n\x1bunit\ufffe"})
    study = replace(demo, derived={**demo.derived, name: typed})
    assert study.unit(name, "en") == "own unit\ufffd"
