"""Independent pieces of work on the cores there are, each a pure function of its name."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

from tqdm import tqdm

Out = TypeVar("Out")

# Fewer pieces are done at once without the cost of processes.
_WORTH = 2


def side_by_side(
    work: Callable[[str], Out], names: Sequence[str], what: str
) -> Iterator[tuple[str, Out]]:
    """`work(name)` for every name, as they are done, in processes that inherit what this one holds.

    Where processes cannot be forked the work is done one after the other. A bar shows after two
    seconds.
    """
    progress = tqdm(total=len(names), desc=what, delay=2, leave=False, disable=None)
    if len(names) < _WORTH or cores() < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for name in names:
            yield name, work(name)
            progress.update()
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores(), mp_context=context) as pool:
        futures = {pool.submit(work, name): name for name in names}
        for future in as_completed(futures):
            yield futures[future], future.result()
            progress.update()


def cores() -> int:
    """How many processes may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
