"""What varies the effect: the challenges and paths of the theory as moderators, thresholds, scenarios; power."""
