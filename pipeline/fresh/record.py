"""The record of what was made from what, and the question whether it must be made again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.fresh.closure import closure
from pipeline.fresh.contents import ABSENT, Contents, digest
from pipeline.quick import versions
from pipeline.study.artifact import write_text


@dataclass(frozen=True)
class Step:
    """Something made from files, facts and code.

    modules: the code that makes it, each with all that it imports; files: what it reads; facts:
    what else it depends on
    outputs: what it writes
    """

    name: str
    modules: tuple[str, ...]
    files: tuple[Path, ...]
    facts: tuple[str, ...]
    outputs: tuple[Path, ...]


class Record:
    """Step -> its key and the hashes of its outputs, kept in a file under `build/`.

    began: hashes of what a run reads, as it began
    """

    def __init__(self, path: Path, began: Mapping[str, str]) -> None:
        self._path = path
        self.contents = Contents(began)
        self._versions = versions()
        self._steps: dict[str, dict[str, Any]] = {}
        self._asked: set[str] = set()
        if path.is_file():
            self._steps = _read(path)

    def key(self, step: Step) -> str:
        """One hash over everything a step reads."""
        code = sorted({path for module in step.modules for path in closure(module)})
        parts = [f"{path.name}:{self.contents.of(path)}" for path in code]
        parts += [f"{path.name}:{self.contents.of(path)}" for path in step.files]
        return digest([self._versions, *parts, *step.facts])

    def fresh(self, step: Step) -> bool:
        """Whether a step need not be made: it reads what it read, and its outputs are as they were
        written."""
        self._asked.add(step.name)
        known = self._steps.get(step.name)
        if known is None or known.get("key") != self.key(step):
            return False
        return known.get("outputs") == self._outputs(step.outputs)

    def made(self, step: Step, key: str) -> None:
        """Note that a step was made from what `key` says, and what its outputs are now."""
        self.contents.forget(step.outputs)
        self._steps[step.name] = {"key": key, "outputs": self._outputs(step.outputs)}

    def failed(self, name: str) -> None:
        """Note that a step could not be made."""
        self._steps.pop(name, None)

    def outputs(self) -> dict[str, str]:
        """What the steps of this run wrote, with the hash that it had as it was written."""
        steps = [self._steps[name] for name in sorted(self._asked & self._steps.keys())]
        written = {path: found for step in steps for path, found in step["outputs"].items()}
        return {path: found for path, found in written.items() if found != ABSENT}

    def save(self) -> None:
        """Write the record whole."""
        write_text(self._path, json.dumps(self._steps, indent=1, sort_keys=True) + "\n")

    def _outputs(self, outputs: Sequence[Path]) -> dict[str, str]:
        return {path.as_posix(): self.contents.of(path) for path in outputs}


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The record of an earlier run; nothing where it cannot be read, so that everything is made
    anew."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    steps = found if isinstance(found, dict) else {}
    return {name: step for name, step in steps.items() if isinstance(step, dict)}
