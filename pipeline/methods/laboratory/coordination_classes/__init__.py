"""How many units stand in each class of coordination."""
