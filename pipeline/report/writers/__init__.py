"""Formats of a table: suffix -> writer of the printed page. Adding one: a module, a line here."""

from collections.abc import Callable

from pipeline.report.page import Page
from pipeline.report.writers import html, latex, text, word, xlsx

WRITERS: dict[str, Callable[[Page], bytes]] = {
    "tex": latex.write,
    "docx": word.write,
    "xlsx": xlsx.write,
    "html": html.write,
    "md": text.write_markdown,
    "csv": text.write_csv,
}
