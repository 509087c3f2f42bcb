"""The sample study: real photographs from installed packages, edited, captioned and catalogued four times over."""
