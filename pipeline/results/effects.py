"""The effects of one mechanism, and how they are read."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results.estimate import SIZE, Estimate

# What the tests of a and b and the sign of the direct effect show.
Reading = Literal["none", "transmission", "suppression", "withheld"]


@dataclass(frozen=True)
class ShareSet:
    """The shares of the total that a x b may be: between low and high, or outside them, or any; an
    end that is None is open."""

    shape: Literal["interval", "complement", "line"]
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Effects:
    """a, b, direct, a x b and total of a mechanism.

    indirect: a x b with its bootstrap error and the interval of the ellipse of a and b, None where
    it is withheld; share_set: Fieller's set of the share, None likewise
    """

    a: Estimate
    b: Estimate
    direct: Estimate
    indirect: Estimate
    total: Estimate
    share_set: ShareSet | None = None

    @property
    def joint_p(self) -> float | None:
        """The larger of the p-values that decide about a and b: the test that both differ from
        zero."""
        ps = (self.a.decides, self.b.decides)
        return None if None in ps else max(p for p in ps if p is not None)

    @property
    def reading(self) -> Reading:
        """`none` unless both a and b differ from zero by the test that decides, and the interval of
        a x b holds no zero; `suppression` where a x b opposes the direct effect; `withheld` where a
        x b has no interval.

        Source: MacKinnon, Krull and Lockwood (2000), inconsistent mediation.
        """
        if self.indirect.interval is None:
            return "withheld"
        if not self._both or self.vetoed:
            return "none"
        return "suppression" if self.indirect.value * self.direct.value < 0 else "transmission"

    @property
    def _both(self) -> bool:
        """Whether both a and b differ from zero by the test that decides."""
        return self.joint_p is not None and self.joint_p < SIZE

    @property
    def vetoed(self) -> bool:
        """Whether a and b differ from zero, but the interval of a x b holds it."""
        interval = self.indirect.interval
        return self._both and interval is not None and interval.holds(0.0)

    @property
    def share(self) -> float | None:
        """a x b as a share of the total; None where the total may be zero, or nothing is read."""
        if self.indirect.interval is None:
            return None
        return share_of(self.indirect.value, self.total)


def share_of(part: float, total: Estimate) -> float | None:
    """A part as a share of a total that differs from zero; None where it may be zero."""
    return part / total.value if total.differs else None
