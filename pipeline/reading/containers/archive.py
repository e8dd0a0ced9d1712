"""Zip archives of source files: unpacked to a temporary folder, under names of our own."""

import errno
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pipeline.panel.finding import Where, refusal
from pipeline.reading.containers.excel import check_unpacked
from pipeline.reading.limits import MEMBERS, TooMuch


@contextmanager
def members(path: Path, endings: tuple[str, ...]) -> Iterator[Iterator[tuple[str, Path]]]:
    """The members with these endings as (name in the archive, unpacked file).

    Names never become paths: each member is written under a name of ours. Members that point
    outside the archive, encrypted ones and archives in archives are refused (Rejected); TooMuch for
    bombs.
    """
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise refusal(
            Where(file=path.name),
            "file-damaged",
            str(error),
            "a whole zip archive",
            "download it again",
        ) from None
    with archive, tempfile.TemporaryDirectory() as folder:
        infos = [i for i in archive.infolist() if not i.is_dir()]
        if len(infos) > MEMBERS:
            raise TooMuch(f"{len(infos):,} members, at most {MEMBERS:,}")
        check_unpacked(archive)
        inside = [(_inside(path, info), info) for info in infos]
        chosen = [(str(p), info) for p, info in inside if _holds_data(p, endings)]
        if not chosen:
            there = ", ".join(_name(i) for i in infos[:8]) or "none"
            raise refusal(
                Where(file=path.name),
                "file-empty",
                f"no data file among its members: {there}",
                f"members ending in {' '.join(endings)}",
                "see what it holds",
            )
        yield _unpacked(archive, chosen, Path(folder), path)


def _inside(path: Path, info: zipfile.ZipInfo) -> PurePosixPath:
    """The member's place in the archive. Raises Rejected for one that no reader may touch."""
    name = _name(info)
    member = PurePosixPath(name.replace("\\", "/"))
    if member.is_absolute() or ".." in member.parts or ":" in name:
        raise refusal(
            Where(file=path.name),
            "archive-path",
            f"the member `{name}`",
            "names inside the archive",
            "distrust the archive; unpack it by hand if it is yours",
        )
    if info.flag_bits & 1:
        raise refusal(
            Where(file=path.name),
            "archive-encrypted",
            f"the member `{name}` is encrypted",
            "members without password",
            "unpack the archive by hand",
        )
    if member.suffix.lower() == ".zip":
        raise refusal(
            Where(file=path.name),
            "archive-nested",
            f"the archive `{name}` inside the archive",
            "data files",
            "unpack the inner archive by hand",
        )
    return member


def _holds_data(member: PurePosixPath, endings: tuple[str, ...]) -> bool:
    """A member with a known ending that no program hid beside the data (~$lock, __MACOSX)."""
    hidden = member.name.startswith((".", "~$")) or "__MACOSX" in member.parts
    return member.suffix.lower() in endings and not hidden


def _unpacked(
    archive: zipfile.ZipFile, chosen: list[tuple[str, zipfile.ZipInfo]], folder: Path, path: Path
) -> Iterator[tuple[str, Path]]:
    for i, (name, info) in enumerate(sorted(chosen, key=lambda pair: pair[0])):
        target = folder / str(i) / PurePosixPath(name).name[-80:]
        target.parent.mkdir()
        try:
            with archive.open(info) as source, target.open("wb") as out:
                left = info.file_size
                while piece := source.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        raise TooMuch(f"the member `{name}` is longer than its entry says")
                    out.write(piece)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
            if getattr(error, "errno", None) == errno.ENOSPC:  # here, not in the archive
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from None
            raise refusal(
                Where(file=path.name),
                "file-damaged",
                f"the member `{name}`: {error}",
                "a whole zip archive",
                "download it again",
            ) from None
        yield name, target


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; archives made on Chinese Windows hold GBK bytes without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
