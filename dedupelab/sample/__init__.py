"""The sample study: real photographs from installed packages, edited, captioned and catalogued four times over."""

from dedupelab.sample.study import write_sample

__all__ = ["write_sample"]
