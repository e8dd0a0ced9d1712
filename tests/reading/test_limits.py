"""Limits of the process that parses: bounded, and within what the user's own process may do."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.reading import limits

FILES = Path(__file__).parent / "files"


def answered(kinds):
    return [resource.getrlimit(kind) for kind in kinds]


def test_the_limits_inside_and_those_outside_that_stay_as_they_were():
    kinds = (resource.RLIMIT_CPU, resource.RLIMIT_CORE)
    before = answered(kinds)
    (_, most), _ = before
    bounded = (120, 125) if most == resource.RLIM_INFINITY else (min(120, most), min(125, most))
    assert limits.isolated(lambda: answered(kinds)) == [bounded, (0, 0)]
    assert answered(kinds) == before


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
def test_four_gigabytes_beyond_what_the_process_holds_already():
    soft, hard = limits.isolated(lambda: resource.getrlimit(resource.RLIMIT_AS))
    assert soft == hard and 4_000_000_000 < soft < 12_000_000_000


def test_a_file_is_read_where_the_user_allows_a_process_less_time():
    """`ulimit -t 60`, as clusters set it: a limit is kept, never raised."""
    code = (
        "import resource\nfrom pathlib import Path\n"
        "from pipeline.reading.containers import read_sheets\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        f"print(len(read_sheets(Path({str(FILES / 'gdp.xls')!r}))[0].rows))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "4\n", done.stderr


def test_a_parser_that_leaves_without_an_answer():
    with pytest.raises(limits.Crashed) as crashed:
        limits.isolated(lambda: os._exit(0))
    assert crashed.value.how == "its parser broke off (no answer)"
