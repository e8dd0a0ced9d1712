"""Independent pieces of work on the cores there are, each a pure function of its name."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar, cast

from tqdm import tqdm

from pipeline.panel.finding import Where, refusal

Out = TypeVar("Out")

# Fewer pieces are done at once without the cost of processes.
_WORTH = 2

_threaded = False

# What forked workers inherit: a function with what it holds, which need not be pickled.
_work: Callable[[str], object]


def side_by_side(
    work: Callable[[str], Out], names: Sequence[str], what: str
) -> Generator[tuple[str, Out], None, None]:
    """`work(name)` for every name, as they are done, in processes that inherit what this one holds.

    Where this process cannot be forked the work is done one after the other. A bar shows after two
    seconds. Closing it ends the processes at once. Raises Rejected where one was killed.
    """
    alone = len(names) < _WORTH or cores() < 2 or not forkable()
    global _work
    _work = work
    progress = tqdm(total=len(names), desc=what, delay=2, leave=False, disable=None)
    if alone:
        for name in names:
            yield name, work(name)
            progress.update()
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores(), mp_context=context, initializer=_serve) as pool:
        try:
            futures = {pool.submit(_inherited, name): name for name in names}
            for future in as_completed(futures):
                yield futures[future], cast(Out, future.result())
                progress.update()
        except BrokenProcessPool:
            raise _killed(what) from None
        except BaseException:
            _end_workers()
            raise


def _serve() -> None:
    """In a worker: the process that forked it decides about its end, and is not outlived."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _end_workers() -> None:
    for worker in multiprocessing.active_children():
        worker.terminate()


def _killed(what: str) -> Exception:
    found, expected = f"a process of `{what}` was killed", "processes that end by themselves"
    remedy = "see whether the memory suffices, then run again: what was finished is kept"
    return refusal(Where(), "worker-killed", found, expected, remedy)


def _inherited(name: str) -> object:
    return _work(name)


def fork_no_more() -> None:
    """Say that a library is about to start threads here.

    A forked child has only the thread that forked. It would wait without end for threads that its
    parent's library keeps for work (typst; BLAS and Arrow mend theirs).
    """
    global _threaded
    _threaded = True


def forkable() -> bool:
    """Whether this process can be forked, and has started no threads that a child would miss."""
    return not _threaded and "fork" in multiprocessing.get_all_start_methods()


def cores() -> int:
    """How many processes may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
