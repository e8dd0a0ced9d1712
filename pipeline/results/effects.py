"""The effects of one mechanism, and how they are read."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results.estimate import SIZE, Estimate

# What the tests of a and b and the sign of the direct effect show.
Reading = Literal["none", "transmission", "suppression", "withheld"]


@dataclass(frozen=True)
class Effects:
    """a, b, direct, a x b and total of a mechanism."""

    a: Estimate
    b: Estimate
    direct: Estimate
    indirect: Estimate
    total: Estimate

    @property
    def joint_p(self) -> float | None:
        """The larger of the p-values that decide about a and b: the test that both differ from
        zero."""
        ps = (self.a.decides, self.b.decides)
        return None if None in ps else max(p for p in ps if p is not None)

    @property
    def reading(self) -> Reading:
        """`none` unless both a and b differ from zero; `suppression` where a x b opposes the direct
        effect; `withheld` where a x b has no interval.

        Source: MacKinnon, Krull and Lockwood (2000), inconsistent mediation.
        """
        if self.indirect.interval is None:
            return "withheld"
        if self.joint_p is None or self.joint_p >= SIZE:
            return "none"
        return "suppression" if self.indirect.value * self.direct.value < 0 else "transmission"

    @property
    def share(self) -> float | None:
        """a x b as a share of the total; None where the total may be zero."""
        return share_of(self.indirect.value, self.total)


def share_of(part: float, total: Estimate) -> float | None:
    """A part as a share of a total that differs from zero; None where it may be zero."""
    return part / total.value if total.differs else None
