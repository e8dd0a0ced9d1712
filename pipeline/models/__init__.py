"""From the study and its panel to models on their rows: samples, within regressions, replicates,
levers.

The common ground of the methods' estimators: it knows specs and the panel, the algebra is that of
`inference/`.
"""
