"""`make fetch`: download what a study names, verify it, never touch what is there."""

import hashlib
import tempfile
from pathlib import Path

from pipeline.fetch.nbs import read_bureau
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study import Study
from pipeline.study.artifact import sha256, write_bytes
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
        if name in done:
            declared = {s.sha256 for s in study.spec.sources if s.container == name and s.sha256}
            if len(declared) > 1:
                where = Where(
                    file=str(study.paths.specs / "study.toml"),
                    key=f"sources.{study.spec.sources.index(source)}",
                )
                problems += _rejected(
                    where,
                    "fetch-hash",
                    f"{len(declared)} different hashes for {name}",
                    "one",
                    "correct sha256",
                ).findings
            continue
        try:
            done[name] = _fetch(study, source, study.paths.data / name, mirror)
        except Rejected as rejected:
            problems += rejected.findings
            done[name] = "refused"
    for name, how in done.items():
        print(f"  {how:<28} {study.paths.data / name}")
    if problems:
        raise Rejected(problems)
    print(f"fetch: {len(done)} files of {study.name}")


def _fetch(study: Study, source: Source, target: Path, mirror: Path | None) -> str:
    where = Where(
        file=str(study.paths.specs / "study.toml"),
        key=f"sources.{study.spec.sources.index(source)}",
    )
    if target.exists():
        if source.sha256 and sha256(target) != source.sha256:
            raise _rejected(
                where,
                "fetch-changed",
                f"{target} has the hash {sha256(target)}",
                source.sha256,
                "it is another file than the study names: move it away and fetch again, "
                "or correct sha256",
            )
        return "there, verified" if source.sha256 else "there, no hash declared"
    if mirror is not None:
        content = _from_mirror(source, target.name, mirror, where)
        how = f"from {mirror}"
    elif source.url:
        content, how = _download(source, where), "downloaded"
    elif source.nbs is not None:
        content, how = read_bureau(source.nbs, where), "from the bureau"
    else:
        raise _rejected(
            where,
            "fetch-no-address",
            f"no address for {target.name}",
            "`url` or `nbs`",
            "obtain the file by hand"
            + (f": {source.citation}" if source.citation else "")
            + "; or name a folder that holds it: MIRROR=",
        )
    found = hashlib.sha256(content).hexdigest()
    if source.sha256 and found != source.sha256:
        raise _rejected(
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


def _from_mirror(source: Source, name: str, mirror: Path, where: Where) -> bytes:
    """The file of that name below the mirror; with several, the one with the declared hash."""
    there = sorted(p for p in mirror.rglob("*") if p.is_file() and p.name == name)
    right = [p for p in there if not source.sha256 or sha256(p) == source.sha256]
    if not there:
        raise _rejected(
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
            raise _rejected(
                where,
                "fetch-failed",
                f"{source.url}: {str(error)[:200]}",
                "the file at its address",
                "check the address and the connection; or name a folder that holds "
                "the file: MIRROR=",
            ) from None
        return Path(path).read_bytes()


def _rejected(where: Where, code: str, found: str, expected: str, remedy: str) -> Rejected:
    return Rejected([Finding(code, "error", where, found, expected, remedy)])
