"""`make faults`: disturb runs of a small study, count what survives and what the next restores."""

import argparse
import importlib
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import trials
from benchmarks.faults.place import Place, alone
from benchmarks.faults.trials import Trial
from benchmarks.faults.writes import FAULTS, at_write
from pipeline.fresh.workers import side_by_side


@dataclass(frozen=True)
class Outcome:
    """A trial that was made: whether the run was stopped by it, ended in clear words, and whether
    the next run put all right; output: what both printed."""

    kind: str
    name: str
    stopped: bool
    survived: bool
    same: bool
    output: str


def judged(trial: Trial, start: Place, whole: dict[str, bytes], folder: Path) -> Outcome:
    """The outcome of a trial in a folder of its own."""
    place = Place.copy(start, folder)
    ran = trial.disturb(place)
    clear = ran.status <= 0 or any(word in ran.output for word in trial.told)
    again = place.run() if trial.build == "build" else ran
    made = place.made(trial.build, trial.reports)
    wanted = {name for name in whole.keys() | made.keys() if trial.same(name)}
    same = again.status == 0 and all(whole.get(name) == made.get(name) for name in wanted)
    output = f"exit status {ran.status}\n{ran.output}\nthen {again.status}\n{again.output}"
    survived = clear and "Traceback" not in output
    return Outcome(trial.kind, trial.name, ran.status != 0, survived, same, output)


def tried(chosen: list[Trial], start: Place, whole: dict[str, bytes]) -> Iterator[Outcome]:
    """The outcomes, as they are known."""
    by_name = {f"{i}": trial for i, trial in enumerate(chosen)}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # for a user without rights

        def work(name: str) -> Outcome:
            return judged(by_name[name], start, whole, Path(folder) / name)

        for _, outcome in side_by_side(work, list(by_name), "faults"):
            yield outcome


def everything(
    whole: dict[str, bytes], files: list[str], seconds: float, draw: random.Random
) -> list[Trial]:
    """Every trial: each file, many moments."""
    return [
        *trials.writes(files, list(range(len(files)))),
        *trials.kills(trials.SIGNALS, 12, seconds, draw),
        *trials.full_disks(whole, [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]),
        *trials.closed_doors(),
        *trials.clocks(),
        *trials.at_once(6, draw),
        *trials.surroundings(),
    ]


def brief(whole: dict[str, bytes], files: list[str], draw: random.Random) -> list[Trial]:
    """A few trials of a run that has little to do, for the tests."""
    return [
        *trials.writes(files, [draw.randrange(len(files))]),
        *trials.kills(trials.SIGNALS[-1:], 1, 1.0, draw),
        *trials.full_disks(whole, [1.0]),
        *trials.at_once(1, draw),
    ]


def undisturbed(start: Place, folder: Path) -> tuple[dict[str, bytes], list[str], float]:
    """What a run makes in a place, the files that it writes in their order, and its seconds.

    What it imports is imported here too: the runs that follow begin at once, also where they may
    not read it any more.
    """
    other = Place.copy(start, folder)
    files, modules = other.folder / "files", other.folder / "modules"

    def act() -> int:
        with at_write(-1, FAULTS["kill -9"]) as opened:
            status = alone()
        files.write_text("\n".join(opened), encoding="utf-8")
        modules.write_text("\n".join(sys.modules), encoding="utf-8")
        return status

    began = time.monotonic()
    ran = other.within(act)
    if ran.status:
        raise RuntimeError(f"the undisturbed run failed:\n{ran.output}")
    for name in modules.read_text(encoding="utf-8").split("\n"):
        with suppress(ImportError):
            importlib.import_module(name)
    written = [name.rsplit(".", 2)[0] for name in files.read_text(encoding="utf-8").split("\n")]
    return other.made(), written, time.monotonic() - began


def report(outcomes: list[Outcome]) -> int:
    """Print the counts and what failed; exit status 1 where something did."""
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.kind].append(outcome)
    failed = [o for o in outcomes if not (o.survived and o.same)]
    for o in failed:
        print(f"--- {o.kind}, {o.name}: survived {o.survived}, restored {o.same}\n{o.output}")
    print(f"{'fault':<20} injected  stopped survived same bytes")
    for kind, of_kind in [*kinds.items(), ("all", outcomes)]:
        stopped, survived, same = (
            sum(getattr(o, how) for o in of_kind) for how in ("stopped", "survived", "same")
        )
        print(f"{kind:<20} {len(of_kind):8d} {stopped:8d} {survived:8d} {same:10d}")
    return 1 if failed else 0


def main() -> int:
    """Exit status 1 where a fault was not told in clear words, or not put right by the next run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments (1)")
    parser.add_argument("--brief", action="store_true", help="a few of them, in seconds")
    parser.add_argument("--kinds", nargs="*", default=[], help="only these kinds (all)")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        start = Place.new(Path(folder) / "start")
        if options.brief:
            start.run()
            start.reword()
        whole, files, seconds = undisturbed(start, Path(folder) / "whole")
        if options.brief:
            chosen = brief(whole, files, draw)
        else:
            chosen = everything(whole, files, seconds, draw)
        chosen = [t for t in chosen if not options.kinds or t.kind in options.kinds]
        return report(list(tried(chosen, start, whole)))


if __name__ == "__main__":
    sys.exit(main())
