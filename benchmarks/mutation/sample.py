"""Which faults are tried: lines drawn with a seed, a share for each room by its size."""

import random
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from benchmarks.mutation.operators import Mutant, attributes_by_type, mutants

LEAST = 8  # faults in the smallest room


@dataclass(frozen=True)
class Planted:
    """A fault, the file under the tree's root that it stands in, and the file's room."""

    room: str
    file: str
    mutant: Mutant


def room_of(file: str) -> str | None:
    """The folder under pipeline/; of methods/ the chapter; None for files in no room."""
    parts = PurePosixPath(file).parts[1:-1]
    deep = 2 if parts[:1] == ("methods",) else 1
    return "/".join(parts[:deep]) or None


def draw(root: Path, count: int, seed: int, rooms: list[str]) -> list[Planted]:
    """A sample of `count` faults over `rooms` (none named: all), one of each line drawn."""
    sources = {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in sorted((root / "pipeline").rglob("*.py"))
    }
    siblings = attributes_by_type(list(sources.values()))
    lines: dict[str, dict[tuple[str, int], list[Mutant]]] = {}
    for file, source in sources.items():
        room = room_of(file)
        if room is not None and (not rooms or room in rooms):
            for mutant in mutants(source, siblings):
                lines.setdefault(room, {}).setdefault((file, mutant.line), []).append(mutant)
    generator = random.Random(seed)
    sample = []
    for room, share in shares({r: len(ls) for r, ls in lines.items()}, count).items():
        order = sorted(lines[room])
        generator.shuffle(order)
        found = (
            Planted(room, file, mutant)
            for file, line in order
            for mutant in _viable(lines[room][file, line], sources[file], generator)
        )
        sample += [planted for planted, _ in zip(found, range(share), strict=False)]
    return sample


def _viable(choices: list[Mutant], source: bytes, generator: random.Random) -> list[Mutant]:
    """One fault of a line that is Python and changes it, or none."""
    for mutant in generator.sample(choices, len(choices)):
        if mutant.is_viable(source):
            return [mutant]
    return []


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Faults for each room: in proportion to its lines, at least LEAST, `count` together."""
    least = {r: min(LEAST, count // len(sizes), size) for r, size in sizes.items()}
    rest = count - sum(least.values())
    beyond = {r: sizes[r] - least[r] for r in sizes}
    total = sum(beyond.values())
    exact = {r: min(rest / total, 1.0) * n if total else 0.0 for r, n in beyond.items()}
    share = {r: least[r] + int(exact[r]) for r in sizes}
    by_remainder = sorted(sizes, key=lambda r: (int(exact[r]) - exact[r], r))
    for room in by_remainder[: round(sum(exact.values())) - sum(int(e) for e in exact.values())]:
        share[room] += 1
    return share
