"""Figure: the effect of the treatment along each lever."""
