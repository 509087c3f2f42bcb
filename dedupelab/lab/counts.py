"""How the front ends say how many there are of something."""


def counted(count: int, what: str) -> str:
    """Return a count and what is counted, in the singular for one.

    >>> counted(1, "file"), counted(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"
