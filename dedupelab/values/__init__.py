"""What a value of metadata says: whether two of them say the same, what a date means, Chinese in one script."""
