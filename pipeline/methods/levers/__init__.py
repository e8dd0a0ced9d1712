"""What varies the effect: challenges and paths as moderators, thresholds, scenarios; power; the
theory whole."""
