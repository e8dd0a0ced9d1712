"""One coefficient by methods that hold where units share trends, or neighbours share shocks."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.inference.collinear import Collinear
from pipeline.inference.few_clusters import regions
from pipeline.inference.few_clusters.permutation import complete_units
from pipeline.inference.few_clusters.wild import wild_model
from pipeline.inference.moments import Array, Ints, codes
from pipeline.inference.trends import cce, dependence, serial, slopes
from pipeline.inference.trends.detrend import detrend
from pipeline.inference.trends.interactive import (
    interactive,
    jackknife,
    most_factors,
    number_of_factors,
    two_way_demeaned,
)
from pipeline.inference.trends.refusals import NotConverged, TooFewUnits
from pipeline.inference.within import within_fit
from pipeline.models.few_clusters import wild_p
from pipeline.models.prepared import Prepared, clustered, coefficient
from pipeline.panel.provinces import BY_CODE
from pipeline.results.estimate import Estimate

# Fewer complete units make no panel for factors or averages.
_LEAST = 8
# Two regions have one degree of freedom.
_GROUPS = 3


class TooFewGroups(ValueError):
    """Fewer regions than three identify the coefficient."""


class NoFactors(ValueError):
    """No common factor is found: interactive effects are the model itself."""


@dataclass(frozen=True)
class Companions:
    """The methods on the rows of a model; those of whole paths use the units with every year."""

    prepared: Prepared
    most: int

    @property
    def _level(self) -> float:
        return self.prepared.task.level

    @property
    def _names(self) -> list[str]:
        """Outcome, treatment, controls."""
        return self.prepared.model.variables

    @property
    def _columns(self) -> tuple[Array, Array, Array, Ints, Ints]:
        p = self.prepared
        y, x, *_ = self._names
        return p.column(y), p.column(x), p.array(p.model.controls), p.province, p.year

    @cached_property
    def complete(self) -> Ints:
        """Units that have every year."""
        return complete_units(self.prepared.province, self.prepared.year)

    @cached_property
    def _paths(self) -> tuple[Array, Array]:
        """Outcome (N, T) and regressors (N, T, k) of the complete units. Raises TooFewUnits."""
        p, units = self.prepared, len(self.complete)
        if units < _LEAST:
            raise TooFewUnits(units, _LEAST)
        here = np.isin(p.province, self.complete)
        order = np.lexsort((p.year[here], p.province[here]))
        paths = p.array(self._names)[here][order].reshape(units, -1, len(self._names))
        return paths[..., 0], paths[..., 1:]

    @cached_property
    def _group(self) -> Ints:
        """The region of each row."""
        units = self.prepared.frame.index.get_level_values("province")
        return codes([BY_CODE[code].region for code in units])

    @cached_property
    def groups(self) -> regions.GroupEstimates:
        """The coefficient in each region by itself."""
        return regions.group_estimates(*self._columns, self._group)

    def group_means(self) -> Estimate:
        """The mean of the regions' coefficients by their own t-test (Ibragimov and Mueller 2010).
        Raises TooFewGroups."""
        if len(self.groups.used) < _GROUPS:
            raise TooFewGroups
        found = regions.ibragimov_mueller(self.groups.estimates)
        return clustered(found.estimate, found.se, found.df, self._level)

    def group_jackknife(self) -> Estimate:
        """The coefficient with errors of the jackknife over regions. Raises TooFewGroups, and
        Collinear where a region cannot be left out."""
        if len(np.unique(self._group)) < _GROUPS:
            raise TooFewGroups
        found = regions.group_jackknife(*self._columns, self._group)
        if found.needed.size:
            raise Collinear(len(self.prepared.model.controls))
        return clustered(found.estimate, found.se, found.df, self._level)

    def unit_trends(self) -> Estimate:
        """The coefficient beside a linear trend of each unit, judged by WCR31. Raises TooShort and
        Collinear."""
        p = self.prepared
        years = p.frame.index.get_level_values("year").to_numpy(float)
        net = detrend(p.array(self._names), p.province, years)
        y, x, others = net.columns[:, 0], net.columns[:, 1], net.columns[:, 2:]
        beside, still = np.column_stack([net.effects, others]), np.zeros_like(p.province)
        fitted = within_fit(y, np.column_stack([x, beside]), p.province, still, p.province)
        wild = wild_model(y, x, beside, p.province, None, p.province, "WCR31")
        found = coefficient(fitted, 0, self._level)
        return replace(found, few=wild_p(p.task, wild), test="wcr31")

    def correlated(self) -> Estimate:
        """Pooled common correlated effects (Pesaran 2006), errors of the jackknife over units.
        Raises TooFewUnits, TooShort, Collinear."""
        found = cce.pooled(*self._paths)
        error = float(np.sqrt(found.crv3[0, 0]))
        return clustered(float(found.beta[0]), error, found.df, self._level)

    @cached_property
    def factors(self) -> int:
        """How many common factors the panel has, by BIC_3. Raises as `interactive`."""
        y, x = self._paths
        return number_of_factors(y, x, min(self.most, most_factors(*y.shape)))

    def interactive(self) -> Estimate:
        """The coefficient beside interactive effects (Bai 2009), errors of the jackknife over
        units. Raises TooFewUnits, NoFactors, NotConverged, Collinear."""
        if not self.factors:
            raise NoFactors
        found = interactive(*self._paths, self.factors)
        variance = float(jackknife(*self._paths, self.factors)[0, 0])
        if not np.isfinite(variance):
            raise NotConverged(0)
        return clustered(float(found.beta[0]), float(np.sqrt(variance)), found.df, self._level)

    def dependence_p(self) -> float:
        """p of CD*: no dependence between units beside factors and year effects, which count as one
        factor more. Raises ValueError where it cannot be made."""
        y, x = self._paths
        found = interactive(y, x, self.factors)
        return dependence.cd_star(y - x @ found.beta, self.factors + 1).p

    def serial_p(self) -> float:
        """p of no serial correlation of the model's errors. Raises ValueError where it cannot be
        made."""
        y, x = self._paths
        net_y, net_x = two_way_demeaned(y), two_way_demeaned(np.moveaxis(x, 2, 0))
        columns = net_x.reshape(len(net_x), -1).T
        slopes_ = np.linalg.lstsq(columns, net_y.ravel(), rcond=None)[0]
        return serial.within_test(net_y - (columns @ slopes_).reshape(y.shape)).p

    def slopes_p(self) -> float:
        """p of one slope for all units (Pesaran and Yamagata 2008), net of year means. Raises
        ValueError where it cannot be made."""
        y, x = self._paths
        return slopes.slope_test(y - y.mean(axis=0), x - x.mean(axis=0)).p_adjusted
