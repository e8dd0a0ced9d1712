"""Inference when clusters are few or tests are many: wild bootstraps, jackknife, permutation,
step-down p-values."""
