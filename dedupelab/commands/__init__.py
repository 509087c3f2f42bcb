"""The commands that are more than a stage: each a thin module; `commands.cli` gathers them."""
