"""What a result is made from: the part of the study and of the panel that its spec declares, and no
more.

An estimator is given this part alone, so that what it declares is what it can read.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.panel.panel import Panel
from pipeline.results.result import Plain, plain
from pipeline.study.specs import Spec
from pipeline.study.study import Study


def columns(study: Study, spec: Spec) -> list[str]:
    """Variables behind a spec: those that it uses, and all that these are made from."""
    found = sorted(spec.uses(study))
    for name in found:  # the list grows while it is walked
        found += sorted(study.inputs_of(name) - set(found))
    return sorted(found)


def part(panel: Panel, names: list[str]) -> Panel:
    """The panel with these variables only."""
    there = [name for name in names if name in panel.frame]
    filled = {name: cells for name, cells in panel.filled.items() if name in there}
    return replace(panel, frame=panel.frame[there], filled=filled)


# Keys of specs that only print.
_PRINTED = {"title", "remark", "style", "after"}


def study_facts(study: Study, spec: Spec, names: list[str]) -> str:
    """What an estimator may read of the study itself, as text: its roles and settings, and the
    variables' making.
    """
    declared = study.spec
    indices = {study.index_columns[n] for n in names if n in study.index_columns}
    # Whoever shows an indicator's weight or use reads the whole index that it belongs to.
    facts = {
        "spec": _estimated(spec),
        "roles": plain(declared.roles),
        "years": [*declared.years, declared.base_year],
        "without": declared.provinces_without,
        "seed": declared.seed,
        "bootstrap": plain(declared.bootstrap),
        "synthetic": declared.synthetic,
        "codebook": {n: study.codebook[n].use for n in names if n in study.codebook},
        "derived": {n: study.derived[n].formula for n in names if n in study.derived},
        "indices": {n: _unlabelled(plain(study.indices[n])) for n in sorted(indices)},
        "levers": {n: _unlabelled(plain(study.levers[n])) for n in _levers(study, names)},
        "fills": [plain(f) for f in study.fills if f.variable in names],
    }
    return json.dumps(facts, ensure_ascii=False)


def _estimated(spec: Spec) -> Plain:
    """What a spec says of its estimates."""
    keys = [name for name in type(spec).model_fields if name not in _PRINTED]
    return {name: plain(getattr(spec, name)) for name in keys}


def _levers(study: Study, names: list[str]) -> list[str]:
    """Levers among some variables, and where there are any those that no variable can test."""
    own = [n for n in study.levers if n in names]
    untested = [n for n in study.levers if n not in study.lever_proxies]
    return sorted([*own, *untested]) if own else []


def _unlabelled(value: object) -> object:
    """A part of a spec without its labels: a reworded label changes no number."""
    if isinstance(value, dict):
        return {k: _unlabelled(v) for k, v in value.items() if k not in ("label", "source")}
    return [_unlabelled(v) for v in value] if isinstance(value, list) else value


def panel_facts(panel: Panel, names: list[str]) -> str:
    """What an estimator may read of the panel beside its values, as text: weights and entropies of
    indices, and which cells were filled."""
    parts = [panel.weights, panel.filled, panel.notes.get("entropies", {})]
    own = [{name: part[name] for name in names if name in part} for part in parts]
    return json.dumps(own, ensure_ascii=False)


class PanelHashes:
    """Hashes of the panels' variables: of the panel, of its imputed draws, of the one without
    filling.
    """

    def __init__(self, frames: list[pd.DataFrame]) -> None:
        self._frames = frames
        self._known: dict[str, str] = {}

    def of(self, names: list[str]) -> str:
        """One hash over the values of some variables in every panel."""
        whole = hashlib.sha256()
        for name in names:
            if name not in self._known:
                self._known[name] = self._hash(name)
            whole.update(f"{name}:{self._known[name]}\n".encode())
        return whole.hexdigest()

    def _hash(self, name: str) -> str:
        one = hashlib.sha256()
        for frame in self._frames:
            if name in frame:
                one.update(frame[name].to_numpy(float).tobytes())
        return one.hexdigest()


def files(study: Study, spec: Spec) -> tuple[Path, ...]:
    """Files of the data folder that a spec's method reads beside the panel."""
    return tuple(study.paths.data / name for name in spec.files(study))
