"""Images become groups: candidate pairs, verified relations, the duplicate graph, the authoritative copy."""
