"""One study on disk and its stages in order."""
