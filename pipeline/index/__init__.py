"""Composite indices: a spec and its indicators in, weights and scores out. Shared by construct,
simulate and the audits."""
