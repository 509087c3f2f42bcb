"""What copies' metadata say and where they disagree: conflicts, rights, labels of AI, lineage, catalogues."""
