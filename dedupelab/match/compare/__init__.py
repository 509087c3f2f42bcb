"""Two pictures opened and laid on one another: what agrees, and what that makes of the pair."""
