"""Common trends that year effects do not remove: estimators that allow for them, tests that look
for them."""
