"""Which file on the disk is read."""

from pathlib import Path


def container(path: Path) -> Path:
    """The file behind a source: the zip archive that it is a member of, else itself."""
    inside = (p for p in path.parents if p.suffix.lower() == ".zip" and p.is_file())
    return next(inside, path)
