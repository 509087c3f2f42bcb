"""The portal's gate: is this upload held already, by whom, under which credit, and why is that said."""
