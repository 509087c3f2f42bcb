"""What may leave: manifests that travel without pictures, their merge, answers to questions, privacy tiers."""
