"""How work fans out: processes here or a Dask cluster, in batches, with progress."""
