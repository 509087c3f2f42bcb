"""The commands that are more than a stage: each a thin module; `dedupelab.cli` gathers them."""
