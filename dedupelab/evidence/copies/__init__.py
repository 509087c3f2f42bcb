"""How much is held more than once: population, extent, overlap, sensitivity, trend."""
