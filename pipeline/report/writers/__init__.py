"""Formats of a table: suffix -> writer of the table model. Adding one: a module, a line here."""

from collections.abc import Callable

from pipeline.report.table import Table
from pipeline.report.writers import html, latex, text, word

WRITERS: dict[str, Callable[[Table], bytes]] = {
    "tex": latex.write,
    "docx": word.write,
    "html": html.write,
    "md": text.write_markdown,
    "csv": text.write_csv,
}
