"""Run every benchmark, print the rows and write them to build/bench.json."""

import json
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks import data_door, laboratory, levers, mechanisms, mediation, stages, trends


def main() -> None:
    """Rows of {name, ours_s, peer, peer_s, ratio}; peer fields are null where there is none."""
    rows = []
    with threadpool_limits(limits=1):
        for suite in (stages, data_door, mediation, mechanisms, levers, laboratory, trends):
            for row in suite.measure():
                rows.append(_finished(row))
    path = Path("build/bench.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"written to {path}")


def _finished(row: dict[str, object]) -> dict[str, object]:
    """Print a row and give it its ratio."""
    peer_s, ours_s = row.get("peer_s"), float(str(row["ours_s"]))
    ratio = None if peer_s is None else float(str(peer_s)) / ours_s
    beside = (
        ""
        if ratio is None
        else f"   {row['peer']}: {float(str(peer_s)):.4g} s, {ratio:,.0f} times ours"
    )
    print(f"{row['name']:<48} {ours_s:10.4f} s{beside}", flush=True)
    return {
        "name": row["name"],
        "ours_s": ours_s,
        "peer": row.get("peer"),
        "peer_s": peer_s,
        "ratio": ratio,
    }


if __name__ == "__main__":
    main()
