"""The chapter of the baseline: the panel described, the headline regression, how it varies over
groups and quantiles."""
