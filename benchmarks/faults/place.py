"""A small study in a folder of its own, and what a run of it left."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.__main__ import main
from pipeline.fresh import workers

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("01_descriptives", "02_trends")
PLAIN = ("all", "demo")
# Never a process of an earlier trial's that hangs.
_SECONDS = 300


@dataclass(frozen=True)
class Ran:
    """A run that ended: its exit status (negative for a signal), and all that it printed."""

    status: int
    output: str


@dataclass(frozen=True)
class Place:
    """A folder with the study's specs and source files, and what runs made there."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> "Place":
        """The demo study with one table and one figure, of which nothing is made."""
        for room in ("specs", "data"):
            shutil.copytree(ROOT / room / "demo", folder / room / "demo")
        for path in (folder / "specs/demo").glob("*/*.toml"):
            if path.stem not in KEPT:
                path.unlink()
        return cls(folder)

    @classmethod
    def copy(cls, other: "Place", folder: Path) -> "Place":
        """Another place in its state."""
        shutil.copytree(other.folder, folder)
        return cls(folder)

    def reword(self) -> None:
        """Change a word of the table, so that it and the reports are made anew."""
        path = self.folder / f"specs/demo/tables/{KEPT[0]}.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('en = "', 'en = "Anew: ', 1), encoding="utf-8")

    def within(self, act: Callable[[], int]) -> Ran:
        """What `act` returns and prints in a child of this process, which has imported all."""
        with tempfile.TemporaryFile() as log:
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                self._become(log.fileno(), act)
            _, status = os.waitpid(child, 0)
            log.seek(0)
            return Ran(os.waitstatus_to_exitcode(status), log.read().decode("utf-8", "replace"))

    def _become(self, log: int, act: Callable[[], int]) -> None:
        """The child: go there, act, leave without cleaning up what is the parent's."""
        status = 70
        os.chdir(self.folder)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8") for n in (1, 2))
        try:
            status = act()
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def run(self) -> Ran:
        """A plain run, undisturbed."""
        return self.within(alone)

    def start(self, *arguments: str, python: str = sys.executable, **environment: str):
        """A run as a user starts it, in a group of its own."""
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_"))}
        return subprocess.Popen(
            [python, "-m", "pipeline", *(arguments or PLAIN)],
            cwd=self.folder,
            env={**variables, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_listen,
            text=True,
            errors="replace",
        )

    def wait(self, started) -> Ran:
        """The end of a run that was started."""
        output, _ = started.communicate(timeout=_SECONDS)
        return Ran(started.returncode, output)

    def made(self, build: str = "build", reports: str = "reports") -> dict[str, bytes]:
        """Every file that runs made, with its bytes."""
        folders = {"build": self.folder / build, "reports": self.folder / reports}
        return {
            f"{room}/{path.relative_to(folder)}": path.read_bytes()
            for room, folder in folders.items()
            for path in folder.rglob("*")
            if path.is_file()
        }


def _listen() -> None:
    """Be interrupted like a run at a terminal: what stands in a shell's background is not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def alone() -> int:
    """A plain run in this process, without workers."""
    workers.fork_no_more()
    return main(list(PLAIN))
