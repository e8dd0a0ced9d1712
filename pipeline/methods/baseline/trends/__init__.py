"""Figure: yearly means of variables by region."""
