"""Global spatial autocorrelation by year."""
