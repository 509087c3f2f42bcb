"""What people decide about pairs: labels, samples, agreement, and what these make of the counts."""
