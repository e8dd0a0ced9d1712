"""Stage times of the demo study, each in a process of its own as make runs it, with its peak
memory."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STAGES = ("ingest", "validate", "construct", "estimate", "report", "manifest")


def measure() -> list[dict[str, object]]:
    """One row a stage and one for the whole; there is no peer that does the same."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        out = ["--build", f"{folder}/build", "--reports", f"{folder}/reports"]
        for stage in STAGES:
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "pipeline", stage, "demo", *out],
                check=True,
                capture_output=True,
                env=os.environ | {"PYTHONPATH": str(Path.cwd())},
            )
            rows.append({"name": f"stage {stage}", "ours_s": time.perf_counter() - start})
    rows.append(
        {"name": "demo study, all stages", "ours_s": sum(float(str(r["ours_s"])) for r in rows)}
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest stage: {peak:.0f} MB")
    return rows
