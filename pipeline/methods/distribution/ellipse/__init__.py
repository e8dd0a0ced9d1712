"""Standard deviational ellipses and the path of the centre."""
