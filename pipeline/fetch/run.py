"""`make fetch`: download what a study names, verify it, never touch what is there.

Nothing is written outside the data folder, and nothing stands there before it is whole.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipeline.fetch.bounds import CHUNK, SECONDS, Bounded, check_unpacked, same_scheme, within
from pipeline.fetch.nbs import read_bureau
from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where, refusal
from pipeline.quick import sha256
from pipeline.study import Study
from pipeline.study.artifact import settle
from pipeline.study.inside import require_inside
from pipeline.study.schema import Source


def run(study: Study, mirror: Path | None = None) -> None:
    """Fetch every source file that is not there yet.

    Raises Rejected with every file that could not be had or verified; before anything is fetched
    with every one that would stand outside the data folder.

    mirror: a folder in whose subfolders files stand under their own names; it takes the network's
    place
    """
    require_inside(study)
    problems: list[Finding] = []
    done: dict[str, str] = {}
    for source in study.spec.sources:
        name = source.container
        try:
            if name in done:
                _check_hashes(study, source)
            else:
                done[name] = _fetch(study, source, study.paths.data / name, mirror)
        except Rejected as rejected:
            problems += rejected.findings
            done.setdefault(name, _told("refused", study.paths.data / name))
    tell(*(f"  {line}" for line in done.values()))
    if problems:
        raise Rejected(problems)
    tell(f"fetch: {len(done)} files of {study.name}")


def _told(how: str, target: Path) -> str:
    return f"{how:<28} {target}"


def _where(study: Study, source: Source) -> Where:
    key = f"sources.{study.spec.sources.index(source)}"
    return Where(file=str(study.paths.specs / "study.toml"), key=key)


def _check_hashes(study: Study, source: Source) -> None:
    """Raises Rejected where sources in one file declare different hashes of it."""
    name = source.container
    declared = {s.sha256 for s in study.spec.sources if s.container == name and s.sha256}
    if len(declared) > 1:
        found = f"{len(declared)} different hashes for {name}"
        raise refusal(_where(study, source), "fetch-hash", found, "one", "correct sha256")


def _fetch(study: Study, source: Source, target: Path, mirror: Path | None) -> str:
    """Put a source's file in place where it is not; the line that says how it came there."""
    where = _where(study, source)
    if target.exists():
        return _told(_there(source, target, where), target)
    with _arriving(target) as part:
        how = _obtain(source, part, target.name, mirror, where)
        check_unpacked(part, source.max_bytes, where)
        found = sha256(part)
        if source.sha256 and found != source.sha256:
            raise refusal(
                where,
                "fetch-hash",
                f"{target.name} has the hash {found}",
                source.sha256,
                "the file at the address has changed: compare it with the one you used, "
                "then correct url or sha256",
            )
        settle(part)
        os.replace(part, target)
    if source.sha256:
        return _told(f"{how}, verified", target)
    # The bureau's answer is no file that stays the same.
    advice = "" if source.nbs else f'; declare sha256 = "{found}" (source `{source.name}`)'
    return f"{_told(f'{how}, not verified', target)}{advice}"


@contextmanager
def _arriving(target: Path) -> Iterator[Path]:
    """A name beside the target for a file that is not whole yet; nothing is left of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _there(source: Source, target: Path, where: Where) -> str:
    """A file that is there already is verified, never replaced."""
    if not source.sha256:
        return "there, no hash declared"
    found = sha256(target)
    if found != source.sha256:
        raise refusal(
            where,
            "fetch-changed",
            f"{target} has the hash {found}",
            source.sha256,
            "it is another file than the study names: move it away and fetch again, "
            "or correct sha256",
        )
    return "there, verified"


def _obtain(source: Source, part: Path, name: str, mirror: Path | None, where: Where) -> str:
    """Write the content of a source's file to `part`; where it is from."""
    if mirror is not None:
        shutil.copyfile(_in_mirror(source, name, mirror, where), part)
        return f"from {mirror}"
    if source.url:
        with within(SECONDS, where):
            _download(source, part, where)
        return "downloaded"
    if source.nbs is not None:
        with within(SECONDS, where):
            part.write_bytes(read_bureau(source.nbs, where))
        return "from the bureau"
    citation = f": {source.citation}" if source.citation else ""
    raise refusal(
        where,
        "fetch-no-address",
        f"no address for {name}",
        "`url` or `nbs`",
        f"obtain the file by hand{citation}; or name a folder that holds it: MIRROR=",
    )


def _in_mirror(source: Source, name: str, mirror: Path, where: Where) -> Path:
    """The file of that name below the mirror; with several, the one with the declared hash."""
    there = sorted(p for p in mirror.rglob("*") if p.is_file() and p.name == name)
    right = [p for p in there if not source.sha256 or sha256(p) == source.sha256]
    if not there:
        raise refusal(
            where, "fetch-missing", f"no file {name} below {mirror}", "the file", "copy it there"
        )
    return (right or there)[0]


def _download(source: Source, part: Path, where: Where) -> None:
    """Write the file at the address to `part`, by pooch."""
    import pooch
    import requests

    hooks = {"response": partial(same_scheme, where=where)}
    downloader = pooch.HTTPDownloader(timeout=60, chunk_size=CHUNK, hooks=hooks)
    try:
        with part.open("wb") as out:
            downloader(source.url, Bounded(out, source.max_bytes, where), None)
    except (requests.RequestException, ValueError, OSError) as error:
        raise refusal(
            where,
            "fetch-failed",
            f"{source.url}: {str(error)[:200]}",
            "the file at its address",
            "check the address and the connection; or name a folder that holds the file: MIRROR=",
        ) from None
