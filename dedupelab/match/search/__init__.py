"""Which pairs are near: exact joins of fingerprints, votes of local descriptors, the index of a gate."""
