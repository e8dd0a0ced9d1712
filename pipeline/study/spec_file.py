"""The text of a spec file: a file, of a spec's size, in UTF-8, with signs that can be printed."""

import re
from pathlib import Path

from pipeline.panel.finding import Finding, Where

# Far beyond any spec, and beyond any text, label or formula in one.
BYTES = 2_000_000
LONGEST = 10_000
# What neither a table nor a page can hold; blanks and ends of lines of all kinds are no such signs.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def read_utf8(path: Path, remedy: str, problems: list[Finding]) -> str | None:
    """The text of a spec file, or None with what is wrong appended to `problems`; `remedy`: for
    another encoding."""
    if wrong := _not_a_spec(path):
        problems.append(wrong)
        return None
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found = f"line {line} is not UTF-8{_other(content)}"
        where = Where(file=str(path), line=line)
        problems.append(Finding("spec-encoding", "error", where, found, "UTF-8 text", remedy))
        return None
    if sign := CONTROL.search(text):
        where = Where(file=str(path), line=text.count("\n", 0, sign.start()) + 1)
        code, said, expected = control(sign[0])
        problems.append(Finding(code, "error", where, said, expected, "delete it"))
        return None
    return text


def _not_a_spec(path: Path) -> Finding | None:
    """What is wrong with a path before it is opened: a pipe would never end."""
    where = Where(file=str(path))
    if not path.exists():
        restore = f"write {path} or restore it"
        return Finding("spec-missing", "error", where, "no such file", "the file", restore)
    if not path.is_file():
        found = "a folder" if path.is_dir() else "a pipe or a device"
        return Finding("spec-file", "error", where, found, "a file", "put the file in its place")
    size = path.stat().st_size
    if size > BYTES:
        expected = f"at most {BYTES:,} bytes"
        return Finding(
            "spec-size", "error", where, f"{size:,} bytes", expected, "is it the right file?"
        )
    return None


def control(sign: str) -> tuple[str, str, str]:
    """Code, found and expected of a sign that cannot be printed."""
    return "spec-control", f"the control character U+{ord(sign):04X}", "signs that can be printed"


def _other(content: bytes) -> str:
    """The encoding that a text without UTF-8 has, as far as it can be told."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ": it is UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return ": it reads as GBK"


def shortened(text: str, most: int = 80) -> str:
    """The text, or its beginning where it is longer than a finding repeats."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
