"""Any Unicode text as LaTeX that pdflatex and, for Chinese, xelatex with ctex set without loss.

What has no command is set as `[U+4E2D]`: nothing is dropped, and nothing stops the compiler.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

from pipeline.panel.characters import one_line
from pipeline.report.writers.characters import BREAK, wide

_TABLE = tomllib.loads(Path(__file__).with_name("latex.toml").read_text(encoding="utf-8"))
_CHARACTERS: dict[str, str] = _TABLE["characters"]
_ACCENTS: dict[str, str] = _TABLE["accents"]
# Accents that stand below: a letter keeps its dot above them.
_UNDER = "\u0323\u0327\u0331"
# Chinese punctuation that is not wide by its code point.
_CHINESE = "“”‘’—…"
# Two of these in a row would be set as another character.
_PAIRS = re.compile(r"(?<=[-',])(?=[-',])")
# A letter with the marks that follow it.
_CLUSTER = re.compile(r"(.)([\u0300-\u036f]*)", re.DOTALL)


def escape(text: str, language: str = "en") -> str:
    """Text as LaTeX sets it literally; Chinese characters stay as they are in Chinese."""
    sign = _chinese if language == "zh" else _latin
    decomposed = unicodedata.normalize("NFD", _PAIRS.sub("\u2060", one_line(text)))
    return "".join(_cluster(m[1], m[2], sign) for m in _CLUSTER.finditer(decomposed))


def spelt(text: str, language: str) -> str:
    """The text with code points for what cannot be set, between which a line may end."""
    return "".join(_code(c) + BREAK if escape(c, language) == _code(c) else c for c in text)


def _cluster(base: str, marks: str, sign: Callable[[str], str]) -> str:
    """A character with its marks: one command where there is one, else accents on it."""
    whole = unicodedata.normalize("NFC", base + marks)
    if len(whole) == 1 and whole in _CHARACTERS:
        return _CHARACTERS[whole]
    out, letter = sign(base), base.isascii() and base.isalpha()
    for mark in marks:
        if letter and mark in _ACCENTS:
            dotless = out in ("i", "j") and mark not in _UNDER
            out = f"{_ACCENTS[mark]}{{{_dotless(out) if dotless else out}}}"
        else:
            out += _code(mark)
    return out


def _dotless(letter: str) -> str:
    return f"\\{letter}"


def _chinese(character: str) -> str:
    """A character for xelatex with ctex: what the free Chinese fonts hold is set as it is."""
    if character in _CHINESE or (wide(character) and _in_gb2312(character)):
        return character
    return _latin(character)


def _latin(character: str) -> str:
    """A character by its command, itself, what it stands for, or its code point."""
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    if character.isascii():
        return character
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return "{}"
    return _compatible(character) or _code(character)


def _compatible(character: str) -> str:
    """What a character stands for (full-width letters, ligatures), if that can be set."""
    parts = unicodedata.normalize("NFKD", character)
    if parts == character or not all(c.isascii() or c in _CHARACTERS for c in parts):
        return ""
    return "".join(_CHARACTERS.get(c, c) for c in parts)


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
