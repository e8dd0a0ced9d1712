"""Every fixed sentence of tables and reports, in both languages."""

from pipeline.report.wording.notes import note_text
from pipeline.report.wording.words import WORDS, word

__all__ = ["WORDS", "note_text", "word"]
