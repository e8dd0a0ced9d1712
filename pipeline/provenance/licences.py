"""THIRD_PARTY.md: the packages of the locks, each with its licence.

`python -m pipeline.provenance.licences` writes it; packages whose licence the project, under MIT,
does not depend on are refused.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.artifact import write_text

PAGE = Path("THIRD_PARTY.md")
_LOCKS = {"run": Path("requirements.lock"), "tests": Path("requirements-dev.lock")}
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)
_COPYLEFT = re.compile(r"GPL|General Public", re.IGNORECASE)
# Package -> why it may stay although its licence is one of these.
_EXCEPTIONS: Mapping[str, str] = {}
# Packages that are installed on other systems only.
_ELSEWHERE = {"colorama": "BSD License"}
_HEAD = """# Packages of others

The project is under the MIT licence ([LICENSE](LICENSE)). `make env` installs what is needed to
run, `make test` the rest; rdata and xarray are also the extra `r`, which reads files of R.
Written by `make licences` from the locks and what the packages say of themselves.

| package | version | licence | needed to |
|---|---|---|---|
"""


def licence_of(package: str) -> str:
    """What an installed package says of its licence: the expression, else its classifiers, else
    the first line of its text; empty where it says nothing or is not installed."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return _ELSEWHERE.get(package, "")
    classifiers = [c for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    classified = ", ".join(c.rpartition(" :: ")[2] for c in classifiers)
    expression = (said.get_all("License-Expression") or [""])[0]
    text = (said.get_all("License") or [""])[0]
    return expression or classified or text.split("\n")[0]


def packages(root: Path) -> dict[str, tuple[list[str], str]]:
    """Package -> its locked versions, and what first needs it: `run` or `tests`."""
    found: dict[str, tuple[list[str], str]] = {}
    for need, lock in _LOCKS.items():
        for name, version in _PACKAGE.findall((root / lock).read_text(encoding="utf-8")):
            versions, _ = found.setdefault(name, ([], need))
            if version not in versions:
                versions.append(version)
    return found


def page(root: Path) -> str:
    """The text of THIRD_PARTY.md. Raises Rejected for packages with no licence that is known, and
    for those under a GPL without an exception."""
    locked = packages(root)
    licences = {name: licence_of(name) for name in locked}
    if problems := list(_problems(licences)):
        raise Rejected(problems)
    rows = (
        f"| {name} | {', '.join(sorted(versions))} | {licences[name]} | {need} |\n"
        for name, (versions, need) in sorted(locked.items())
    )
    return _HEAD + "".join(rows)


def _problems(licences: Mapping[str, str]) -> Iterator[Finding]:
    for name, licence in licences.items():
        where = Where(file=str(_LOCKS["tests"]), key=name)
        if not licence:
            remedy = "install what is locked (make test), then look its licence up"
            yield Finding("licence-unknown", "error", where, "none", "a licence", remedy)
        elif _COPYLEFT.search(licence) and name not in _EXCEPTIONS:
            expected = "a licence that an MIT project may depend on"
            remedy = "replace the package, or say in licences.py why it may stay"
            yield Finding("licence-copyleft", "error", where, licence, expected, remedy)


def main() -> int:
    """Write the page. Exit status 1 where a package is refused."""
    try:
        write_text(PAGE, page(Path(".")))
    except Rejected as rejected:
        tell(*str(rejected).splitlines(), error=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
