"""How much of a file is read, and a process of its own for parsers that a broken file could take
down."""

import faulthandler
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

# Far beyond any yearbook (a panel of 2,800 counties x 20 years x 60 variables has 3.4 million cells
# in about 130 MB).
FILE_BYTES = 500_000_000
UNPACKED_BYTES = 1_000_000_000
CELLS = 20_000_000
COLUMNS = 16_384
MEMBERS = 2_000
RATIO = (
    200  # uncompressed over compressed, beyond which an archive of more than a megabyte is a bomb
)
_SECONDS = 120
_MEMORY = 4_000_000_000


class TooMuch(ValueError):
    """A file that asks for more than the limits above; the text says what it asks for."""


class Crashed(ValueError):
    """A parser that died or ran out of its limits; the text says how."""


def isolated(read: Callable[[], Any]) -> Any:
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
        how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "no answer"
        reason = (
            "it took longer than allowed"
            if how in ("SIGXCPU", "SIGALRM")
            else f"its parser broke off ({how})"
        )
        raise Crashed(reason)
    kind, value = pickle.loads(answer)
    if kind == "raised":
        raise value
    return value


def _run(read: Callable[[], Any], receive: int, send: int) -> None:
    """The child: limit itself, read, answer, leave without cleaning up what belongs to the
    parent."""
    status = 1
    try:
        os.close(receive)
        faulthandler.disable()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)  # what a dying parser prints is not for the user
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            with open("/proc/self/statm", encoding="ascii") as statm:
                used = int(statm.read().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, used + _MEMORY))
        signal.alarm(2 * _SECONDS)
        try:
            answer = pickle.dumps(("value", read()), protocol=5)
        except MemoryError:
            answer = pickle.dumps(("raised", TooMuch("more memory than is allowed to one file")))
        except BaseException as error:  # a panic of a native parser is no Exception
            try:
                answer = pickle.dumps(
                    ("raised", error if isinstance(error, Exception) else Crashed(str(error)[:200]))
                )
                pickle.loads(answer)
            except Exception:
                answer = pickle.dumps(("raised", Crashed(f"{type(error).__name__}: {error}"[:200])))
        with os.fdopen(send, "wb") as pipe:
            pipe.write(answer)
        status = 0
    finally:
        os._exit(status)
