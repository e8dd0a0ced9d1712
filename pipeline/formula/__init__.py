"""The formula language of the specs: grammar, functions, evaluation. Knows no study and no file."""
