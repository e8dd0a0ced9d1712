"""The trials: each disturbs a run in a place of its own, and leaves it as a next run meets it."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.faults.place import PLAIN, ROOT, Place, Ran, alone
from benchmarks.faults.writes import FAULTS, at_write
from pipeline.__main__ import main

# Bytes in which a disk in memory is given out, and room for a lock and folders.
_PAGE, _SPARE = 4096, 8
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
# A user without rights, where this process has all of them.
_NOBODY = 65534
_PACKAGES = sysconfig.get_paths()["purelib"]
# Kernel of OpenBLAS -> the instructions that it needs.
_CORES = {
    "Prescott": "pni",
    "Nehalem": "sse4_2",
    "Sandybridge": "avx",
    "Haswell": "avx2",
    "Zen": "avx2",
    "SkylakeX": "avx512f",
}
_NAMES = ("a b", "城乡", "it's", 'd"q', "x$y", "-lead", "new\nline", "a#b", "*", "back\\slash")
_LOCALES: tuple[dict[str, str], ...] = (
    {"LC_ALL": "POSIX"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "zh_CN.GB18030"},
    {"PYTHONIOENCODING": "ascii"},
    {"TZ": "Asia/Kathmandu"},
)


@dataclass(frozen=True)
class Trial:
    """A fault.

    disturb: runs with it; told: words of which the run must say one where it fails; same: what of
    the files must be as after an undisturbed run, in folders of other names where it says so
    """

    kind: str
    name: str
    disturb: Callable[[Place], Ran]
    told: tuple[str, ...] = ("error [",)
    same: Callable[[str], bool] = bool
    build: str = "build"
    reports: str = "reports"


def writes(files: list[str], numbers: list[int]) -> Iterator[Trial]:
    """Each fault at each of the files that a run from nothing writes."""
    for what, fault in FAULTS.items():
        for number in numbers:

            def disturb(place: Place, number=number, fault=fault) -> Ran:
                def act() -> int:
                    with at_write(number, fault):
                        return alone()

                return place.within(act)

            yield Trial(what, files[number], disturb, told=(files[number].split(".")[0],))


def kills(
    numbers: list[signal.Signals], count: int, longest: float, draw: random.Random
) -> Iterator[Trial]:
    """Signals after random times, to the run alone or with its workers."""
    for number in numbers:
        for i in range(count):
            # A run that Python itself has not begun has no words.
            after, group = 0.4 + draw.random() * longest, i % 2 == 0

            def disturb(place: Place, number=number, after=after, group=group) -> Ran:
                started = place.start()
                time.sleep(after)
                (os.killpg if group else os.kill)(started.pid, number)
                return place.wait(started)

            whom = "group" if group else "process"
            yield Trial(number.name, f"{whom} after {after:.2f} s", disturb, ("interrupted",))


def full_disks(whole: dict[str, bytes], shares: list[float]) -> Iterator[Trial]:
    """A disk of its own with room for a share of the files, where one can be made; else files that
    may not grow."""
    pages = sum(-(-len(content) // _PAGE) for content in whole.values()) + _SPARE
    for share in shares:
        size = int(share * pages) * _PAGE
        disturb = partial(_on_small_disk if os.geteuid() == 0 else _small_files, size=size)
        yield Trial("full disk", f"{size // 1000} kB", disturb, ("disk-full", "File too large"))


def _on_small_disk(place: Place, size: int) -> Ran:
    folder = place.folder / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        return _small_files(place, size)
    try:
        for room in ("build", "reports"):
            (place.folder / room).mkdir(exist_ok=True)
            shutil.move(place.folder / room, folder / room)
            (place.folder / room).symlink_to(folder / room)
        ran = place.run()
        for room in ("build", "reports"):
            (place.folder / room).unlink()
            shutil.copytree(folder / room, place.folder / room)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    return ran


def _small_files(place: Place, size: int) -> Ran:
    def act() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 20, resource.RLIM_INFINITY))
        return alone()

    return place.within(act)


def closed_doors() -> Iterator[Trial]:
    """Folders that cannot be written, files that cannot be read, files in the place of folders."""
    shut = ("build", "build/demo", "reports", "reports/demo/tables")
    unread = (
        "data/demo/survey.dta",
        "specs/demo/study.toml",
        "data/demo",
        "build/demo/raw.parquet",
    )
    for name in shut:
        yield Trial("read-only folder", name, partial(_without_right, name=name, mode=0o555))
    for name in (*unread, "reports/demo/report.pdf", "build/demo/results"):
        yield Trial("unreadable", name, partial(_without_right, name=name, mode=0o000))
    for name in ("build", "reports", "build/demo/results"):
        yield Trial("file for a folder", name, partial(_in_the_way, name=name))


def _without_right(place: Place, name: str, mode: int) -> Ran:
    """A run of a changed study without the right to something, by a user who cannot overrule it."""
    place.run()
    source = place.folder / "data/demo/levers_long.csv"
    whole, path = source.read_bytes(), place.folder / name
    source.write_bytes(whole.replace(b"17.46", b"17.47", 1))
    before = path.stat().st_mode
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{_NOBODY}:{_NOBODY}", str(place.folder)], check=True)
    path.chmod(mode)

    def act() -> int:
        if os.geteuid() == 0:
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
        return alone()

    ran = place.within(act)
    path.chmod(before)
    source.write_bytes(whole)
    return ran


def _in_the_way(place: Place, name: str) -> Ran:
    path = place.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    ran = place.run()
    path.unlink()
    return ran


def clocks() -> Iterator[Trial]:
    """Every date in the past, the future, or the same, and a source that changed with its date."""
    for hours in (-3, 0, 3):
        yield Trial("clock", f"{hours:+d} h", partial(_dated, hours=hours), ("17.46",))


def _dated(place: Place, hours: int) -> Ran:
    then, source = time.time() + 3600 * hours, place.folder / "data/demo/levers_long.csv"
    place.run()
    whole, first = source.read_bytes(), place.made()
    source.write_bytes(whole.replace(b"17.46", b"17.47", 1))
    _date_all(place, then)
    ran = place.run()
    unseen = first == place.made()
    source.write_bytes(whole)
    _date_all(place, then)
    return Ran(1, "the change was not seen") if unseen else ran


def _date_all(place: Place, then: float) -> None:
    for path in place.folder.rglob("*"):
        os.utime(path, (then, then))


def at_once(count: int, draw: random.Random) -> Iterator[Trial]:
    """Two runs in the same folders, the second up to two seconds later."""
    for _ in range(count):
        later = 2 * draw.random()
        yield Trial("two runs", f"{later:.2f} s later", partial(_twice, later=later))


def _twice(place: Place, later: float) -> Ran:
    first = place.start()
    time.sleep(later)
    ends = [place.wait(place.start()), place.wait(first)]
    failed = [ran for ran in ends if ran.status]
    told = all("folder-locked" in ran.output for ran in failed)
    if len(failed) > 1 or not told:
        return Ran(1, "neither went on, or none said why")
    return failed[0] if failed else ends[0]


def surroundings() -> Iterator[Trial]:
    """Other processors, locales, seeds of hashes, pythons, and names of folders."""
    has = _instructions()
    for core in (name for name, needed in _CORES.items() if needed in has):
        yield _elsewhere("kernel", core, _printed, OPENBLAS_CORETYPE=core)
    without = " ".join(_dispatched())
    yield _elsewhere("kernel", "no dispatch", _printed, NPY_DISABLE_CPU_FEATURES=without)
    for locale in _LOCALES:
        yield _elsewhere("locale", " ".join(map("=".join, locale.items())), **locale)
    for seed in ("0", "1", "101"):
        yield _elsewhere("hash seed", seed, PYTHONHASHSEED=seed)
    for name in _NAMES:
        yield _named(name)
    for python in _pythons():
        path = f"{ROOT}:{_PACKAGES}"
        yield _elsewhere("python", Path(python).name, _of_reports, python=python, PYTHONPATH=path)


def _elsewhere(
    kind: str,
    name: str,
    same: Callable[[str], bool] = bool,
    python: str = sys.executable,
    **environment: str,
) -> Trial:
    def disturb(place: Place) -> Ran:
        return place.wait(place.start(python=python, **environment))

    return Trial(kind, name, disturb, same=same)


def _printed(name: str) -> bool:
    """Cells of tables: last digits of numbers may differ from processor to processor."""
    return name.startswith("build/demo/printed/tables/")


def _of_reports(name: str) -> bool:
    """What is read; the manifest names versions."""
    return name.startswith("reports/") and not name.endswith("manifest.json")


def _named(name: str) -> Trial:
    build, reports = f"{name}/build", f"{name}/reports"
    arguments = (*PLAIN, f"--build={build}", f"--reports={reports}")

    def disturb(place: Place) -> Ran:
        return place.within(lambda: _alone_with(arguments))

    return Trial("odd path", repr(name), disturb, ("error [",), _of_reports, build, reports)


def _alone_with(arguments: tuple[str, ...]) -> int:
    from pipeline.fresh import workers

    workers.fork_no_more()
    return main(list(arguments))


def _instructions() -> set[str]:
    """What this processor can, as Linux tells it."""
    told = Path("/proc/cpuinfo")
    text = told.read_text(encoding="utf-8") if told.exists() else ""
    flags = [line for line in text.splitlines() if line.startswith("flags")]
    return set(flags[0].split()) if flags else set()


def _dispatched() -> list[str]:
    """The features of this processor that numpy chooses its loops by."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]


def _pythons() -> Iterator[str]:
    """Pythons of this machine that can use the packages of the environment."""
    for minor in (11, 12, 13):
        name = f"python3.{minor}"
        found = shutil.which(name)
        test = [found or sys.executable, "-c", "import numpy, pandas, pydantic, typst"]
        environment = {**os.environ, "PYTHONPATH": _PACKAGES}
        if found and not subprocess.run(test, env=environment, capture_output=True).returncode:
            yield found
        else:
            print(f"left out: {name} is not here, or without the packages")
