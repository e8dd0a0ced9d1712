"""Modules of the program as their text stands. Python takes a compiled module for that of a source
of the same date and length; an edit that keeps both would run the code from before it.
"""

import os
import sys
import zlib
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

_PROGRAM = os.path.dirname(__file__)


class _ByContent(SourceFileLoader):
    """Tells a checksum where Python asks for a date."""

    def path_stats(self, path: str) -> dict[str, int]:
        content = self.get_data(path)
        return {"mtime": zlib.crc32(content), "size": len(content)}


def _finder(folder: str) -> FileFinder:
    if folder != _PROGRAM and not folder.startswith(_PROGRAM + os.sep):
        raise ImportError(folder)  # so that Python asks the next
    return FileFinder(folder, (_ByContent, SOURCE_SUFFIXES))


def install() -> None:
    """Have the modules that are imported from here on found so."""
    sys.path_hooks.insert(0, _finder)
    sys.path_importer_cache.pop(_PROGRAM, None)  # it knows this module's way
