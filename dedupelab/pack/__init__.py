"""The evidence pack of a run: bag, crate, signature; verified and replayed by others."""
