"""A picture from its bytes: decoded under one policy, reduced, fingerprinted."""
