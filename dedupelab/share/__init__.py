"""What may leave: evidence packs that prove themselves, manifests that travel without pictures, privacy tiers."""
