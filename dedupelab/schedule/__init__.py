"""Reports that nobody starts: units for schedulers, a log for machines, and how long runs are kept."""
