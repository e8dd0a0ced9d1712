"""How an effect varies: with a lever, across its thresholds, over groups, along the outcome's
distribution."""
