"""All mechanisms in one outcome equation: parts of total minus direct that do not depend on the
order of entry."""
