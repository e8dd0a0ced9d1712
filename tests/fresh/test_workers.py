"""Pieces of work side by side: all of them once, whatever number of cores."""

import os

import pytest

from pipeline.fresh import workers


def square(name):
    return int(name) ** 2


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_piece_is_done_once(monkeypatch, cores, count):
    monkeypatch.setattr(workers, "cores", lambda: cores)
    names = [str(i) for i in range(count)]
    done = list(workers.side_by_side(square, names, "x"))
    assert sorted(done) == [(n, int(n) ** 2) for n in names]


def failing(name):
    raise KeyError(name)


@pytest.mark.parametrize("cores", [1, 2])
def test_what_goes_wrong_in_a_piece_is_raised_here(monkeypatch, cores):
    monkeypatch.setattr(workers, "cores", lambda: cores)
    with pytest.raises(KeyError):
        list(workers.side_by_side(failing, ["1", "2", "3"], "x"))


HELD = {}


def held_and_own(name):
    return HELD.get("here"), os.getpid()


def test_workers_are_processes_that_inherit_what_this_one_holds(monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 2)
    monkeypatch.setitem(HELD, "here", os.getpid())
    found = list(dict(workers.side_by_side(held_and_own, ["a", "b", "c"], "x")).values())
    assert {here for here, _ in found} == {os.getpid()}
    assert os.getpid() not in {own for _, own in found}
