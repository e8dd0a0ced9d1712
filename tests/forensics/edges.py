"""Sizes at which a detector begins to speak, by bisection."""


def edge(says, low, high):
    """The size between two at which something begins (or ends) to be said, to four digits."""
    wanted = says(high)
    assert says(low) != wanted, "it says the same at both ends"
    while abs(high - low) > 2e-5 * abs(high):
        middle = (low + high) / 2
        low, high = (low, middle) if says(middle) == wanted else (middle, high)
    return f"{high:.4g}"


def fewest(says, counts):
    """The first of the counts for which something is said."""
    return str(next((k for k in counts if says(k)), None))


def changed(x, cells, how):
    y = x.copy()
    y[cells] = how(y[cells])
    return y


def says(find, code, severity=None):
    """Whether a list of suspicions has one of a code (and of a severity)."""
    return any(s.code == code and severity in (None, s.severity) for s in find)
