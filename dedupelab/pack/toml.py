"""Settings as TOML, for studies that are not written by hand: what is read back equals what was written."""

import json
from collections.abc import Mapping, Sequence


def toml(settings: Mapping[str, object]) -> str:
    r"""Return settings as TOML: sections, and lists of sections; what has no value is left out.

    >>> print(toml({"study": {"name": "a", "owner": ""}, "collection": [{"name": "b", "size": None}]}), end="")
    [study]
    name = "a"
    owner = ""
    <BLANKLINE>
    [[collection]]
    name = "b"
    """
    blocks = []
    for name, section in settings.items():
        if isinstance(section, Mapping):
            blocks.append(f"[{name}]\n{_lines(section)}")
        elif isinstance(section, Sequence):
            blocks += [f"[[{name}]]\n{_lines(each)}" for each in section]
    return "\n".join(blocks)


def _lines(section: Mapping[str, object]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in section.items() if value is not None)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(n)} = {_value(v)}" for n, v in value.items() if v is not None)
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(v) for v in value)}]"
    # What JSON can say of texts and numbers TOML says in the same way, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
