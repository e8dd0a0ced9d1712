"""`make fetch`: download what a study names, verify it, never touch what is there."""

import hashlib
import tempfile
from pathlib import Path

from pipeline.fetch.nbs import read_bureau
from pipeline.panel.finding import Finding, Rejected, Where, refusal
from pipeline.quick import sha256
from pipeline.study import Study
from pipeline.study.artifact import write_bytes
from pipeline.study.schema import Source


def run(study: Study, mirror: Path | None = None) -> None:
    """Fetch every source file that is not there yet.

    Raises Rejected with every file that could not be had or verified.

    mirror: a folder in whose subfolders files stand under their own names; it takes the network's
    place
    """
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
            done.setdefault(name, "refused")
    print("".join(f"  {how:<28} {study.paths.data / name}\n" for name, how in done.items()), end="")
    if problems:
        raise Rejected(problems)
    print(f"fetch: {len(done)} files of {study.name}")


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
    """Put a source's file in place where it is not; how it came there."""
    where = _where(study, source)
    if target.exists():
        return _there(source, target, where)
    content, how = _obtain(source, target.name, mirror, where)
    found = hashlib.sha256(content).hexdigest()
    if source.sha256 and found != source.sha256:
        raise refusal(
            where,
            "fetch-hash",
            f"{target.name} has the hash {found}",
            source.sha256,
            "the file at the address has changed: compare it with the one you used, "
            "then correct url or sha256",
        )
    write_bytes(target, content)
    if not source.sha256 and source.nbs is None:
        print(
            f'  declare what was fetched: sha256 = "{found}" (source `{source.name}` in study.toml)'
        )
    return f"{how}, {'verified' if source.sha256 else 'not verified'}"


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


def _obtain(source: Source, name: str, mirror: Path | None, where: Where) -> tuple[bytes, str]:
    """The content of a source's file, and where it is from."""
    if mirror is not None:
        return _from_mirror(source, name, mirror, where), f"from {mirror}"
    if source.url:
        return _download(source, where), "downloaded"
    if source.nbs is not None:
        return read_bureau(source.nbs, where), "from the bureau"
    citation = f": {source.citation}" if source.citation else ""
    raise refusal(
        where,
        "fetch-no-address",
        f"no address for {name}",
        "`url` or `nbs`",
        f"obtain the file by hand{citation}; or name a folder that holds it: MIRROR=",
    )


def _from_mirror(source: Source, name: str, mirror: Path, where: Where) -> bytes:
    """The file of that name below the mirror; with several, the one with the declared hash."""
    there = sorted(p for p in mirror.rglob("*") if p.is_file() and p.name == name)
    right = [p for p in there if not source.sha256 or sha256(p) == source.sha256]
    if not there:
        raise refusal(
            where, "fetch-missing", f"no file {name} below {mirror}", "the file", "copy it there"
        )
    return (right or there)[0].read_bytes()


def _download(source: Source, where: Where) -> bytes:
    """The file at the address, by pooch, without a trace elsewhere."""
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")  # what it says of hashes and places, we say
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = pooch.retrieve(
                source.url,
                known_hash=None,
                path=folder,
                downloader=pooch.HTTPDownloader(timeout=60),
                progressbar=False,
            )
        except (requests.RequestException, ValueError, OSError) as error:
            raise refusal(
                where,
                "fetch-failed",
                f"{source.url}: {str(error)[:200]}",
                "the file at its address",
                "check the address and the connection; or name a folder that holds "
                "the file: MIRROR=",
            ) from None
        return Path(path).read_bytes()
