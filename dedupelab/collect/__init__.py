"""Files become the images table: listing, safe decoding, digests, fingerprints and embedded metadata in one pass."""
