"""A report for each member: its own pictures, and of other members what the study may share."""
