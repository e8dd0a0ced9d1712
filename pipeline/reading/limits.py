"""How much of a file is read, and a process of its own for parsers that a broken file could take
down."""

import faulthandler
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
# Far beyond any yearbook (a panel of 2,800 counties x 20 years x 60 variables has 3.4 million cells
# in about 130 MB).
FILE_BYTES = 500_000_000
UNPACKED_BYTES = 1_000_000_000
CELLS = 20_000_000
COLUMNS = 16_384
ROWS = 5_000_000
# As many as a sheet of Excel has.
EMPTY_ROWS = 1_048_576
# Characters in a line of text, and in a cell: as many as a cell of Excel may hold.
LINE = 1_000_000
CELL = 32_767
MEMBERS = 2_000
# Uncompressed over compressed, beyond which an archive of more than a megabyte is a bomb.
RATIO = 200
_SECONDS = 120
_MEMORY = 4_000_000_000


class TooMuch(ValueError):
    """A file that asks for more than the limits above; `asked`: for what, in words."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


def check_counts(rows: int, columns: int) -> None:
    """Raises TooMuch for a table of more rows, columns or cells than a file may hold."""
    if rows > ROWS or columns > COLUMNS or rows * columns > CELLS:
        raise TooMuch(f"{rows:,} rows and {columns:,} columns")


class Crashed(ValueError):
    """A parser that died or ran out of its limits; `how`, in words."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


def isolated(read: Callable[[], T]) -> T:
    """What `read` returns or raises, run in a process of its own with bounded time and memory.

    Raises Crashed when the process dies: native parsers may abort on a damaged file.
    """
    receive, send = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _run(read, receive, send)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if not answer or os.WIFSIGNALED(status):
        end = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "no answer"
        late = end in ("SIGXCPU", "SIGALRM")
        raise Crashed("it took longer than allowed" if late else f"its parser broke off ({end})")
    kind, value = pickle.loads(answer)
    if kind == "raised":
        raise value
    answered: T = value
    return answered


def _run(read: Callable[[], object], receive: int, send: int) -> None:
    """The child: limit itself, read, answer, leave without cleaning up what belongs to the
    parent."""
    status = 1
    try:
        os.close(receive)
        _bound()
        answer = _answer(read)
        with os.fdopen(send, "wb") as pipe:
            pipe.write(answer)
        status = 0
    finally:
        os._exit(status)


def _bound() -> None:
    """Bound time and memory of this process; what a dying parser prints is not for the user."""
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _lower(resource.RLIMIT_CPU, _SECONDS, _SECONDS + 5)
    _lower(resource.RLIMIT_CORE, 0, 0)
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, used + _MEMORY, used + _MEMORY)
    signal.alarm(2 * _SECONDS)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit of this process, or keep a lower one: none may be raised above where it began."""
    _, most = resource.getrlimit(kind)
    if most == resource.RLIM_INFINITY:
        most = hard
    resource.setrlimit(kind, (min(soft, most), min(hard, most)))


def _answer(read: Callable[[], object]) -> bytes:
    """What `read` returns or raises, pickled."""
    try:
        return pickle.dumps(("value", read()), protocol=5)
    except MemoryError:
        return pickle.dumps(("raised", TooMuch("more memory than is allowed to one file")))
    except BaseException as error:  # a panic of a native parser is no Exception
        return _raised(error)


def _raised(error: BaseException) -> bytes:
    """An error pickled; Crashed in place of one that no process can raise again."""
    try:
        same = error if isinstance(error, Exception) else Crashed(str(error)[:200])
        answer = pickle.dumps(("raised", same))
        pickle.loads(answer)
    except Exception:
        return pickle.dumps(("raised", Crashed(f"{type(error).__name__}: {error}"[:200])))
    return answer
