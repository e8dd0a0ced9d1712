"""The panel: a tidy province x year frame with what is known of its variables and cells."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

KEYS = ["province", "year"]


@dataclass(frozen=True)
class Panel:
    """A province x year panel ready for analysis.

    frame:   indexed by (province code, year), sorted, one float column per variable
    weights: index name -> weighting -> indicator -> weight
    filled:  variable -> list of [province code, year] of cells that were filled, not observed
    notes:   facts about the construction that tables and report repeat (entropies, components)
    """

    frame: pd.DataFrame
    weights: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    filled: dict[str, list[list[int]]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def metadata(self) -> str:
        """Everything but the frame, as JSON text."""
        return json.dumps(
            {"weights": self.weights, "filled": self.filled, "notes": self.notes},
            ensure_ascii=False,
            indent=1,
        )


def read_panel(frame_path: Path, metadata_path: Path) -> Panel:
    """Read the analysis panel from the parquet file and the JSON file that `construct` wrote."""
    meta = json.loads(metadata_path.read_text(encoding="utf-8"))
    frame = pd.read_parquet(frame_path).set_index(KEYS).sort_index()
    return Panel(frame, meta["weights"], meta["filled"], meta["notes"])
