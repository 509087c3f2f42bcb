"""Settings as TOML, for studies that are not written by hand: what is read back equals what was written."""

from collections.abc import Mapping, Sequence

import tomli_w


def toml(settings: Mapping[str, object]) -> str:
    """Return settings as TOML; what has no value is left out.

    >>> print(toml({"study": {"name": "a", "owner": ""}, "collection": [{"name": "b", "size": None}]}), end="")
    collection = [
        { name = "b" },
    ]
    <BLANKLINE>
    [study]
    name = "a"
    owner = ""
    """
    return tomli_w.dumps({name: _stated(value) for name, value in settings.items() if value is not None})


def _stated(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _stated(each) for name, each in value.items() if each is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_stated(each) for each in value]
    return value
