"""Independent pieces of work on the cores there are, each a pure function of its name."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar, cast

from tqdm import tqdm

Out = TypeVar("Out")

# Fewer pieces are done at once without the cost of processes.
_WORTH = 2

_threaded = False

# What forked workers inherit: a function with what it holds, which need not be pickled.
_work: Callable[[str], object]


def side_by_side(
    work: Callable[[str], Out], names: Sequence[str], what: str
) -> Iterator[tuple[str, Out]]:
    """`work(name)` for every name, as they are done, in processes that inherit what this one holds.

    Where this process cannot be forked the work is done one after the other. A bar shows after two
    seconds.
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
    with ProcessPoolExecutor(cores(), mp_context=context) as pool:
        futures = {pool.submit(_inherited, name): name for name in names}
        for future in as_completed(futures):
            yield futures[future], cast(Out, future.result())
            progress.update()


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
