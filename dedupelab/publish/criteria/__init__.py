"""The self-check of a submission: seventeen criteria, each decided by ids and numbers."""
