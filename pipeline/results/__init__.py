"""What every result is made of: estimates, intervals, draws, the data behind them; how they are
stored and pooled."""
