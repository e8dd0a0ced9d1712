"""The numerical core: cluster moments, covariance, bootstrap. Knows no pandas, no specs, no
files."""
