"""An index beside its variants: ranks, and the headline coefficient with each."""
