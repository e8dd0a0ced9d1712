"""What was told already: a report repeats nothing."""


class Told:
    """Keys of what was told."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, ...]] = set()

    def first(self, *key: str) -> bool:
        """Whether a key is told for the first time; asking counts as telling."""
        known = key in self._keys
        self._keys.add(key)
        return not known
