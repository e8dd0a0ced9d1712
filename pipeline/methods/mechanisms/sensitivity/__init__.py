"""How strong an unobserved confounder would have to be to undo a mechanism."""
