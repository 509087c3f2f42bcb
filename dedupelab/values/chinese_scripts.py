"""Chinese in one script, for comparing only: Traditional and Simplified forms of a name are then one name.

Off unless a study asks for it. The mapping is many to one (發 and 髮 both become 发), so two different names may rarely fall
together; nothing is shown or exported in the mapped form.
"""

from collections.abc import Callable
from functools import cache

from dedupelab.errors import ConfigError

Fold = Callable[[str], str]


def as_written(text: str) -> str:
    """Return the text as it is."""
    return text


@cache
def one_script() -> Fold:
    """Return what maps Traditional Chinese, of Hong Kong and Taiwan too, to Simplified; other text stays.

    The mapping is OpenCC's `t2s`, with its dictionaries inside the installed package.

    Raises
    ------
    ConfigError
        If the package is not installed.
    """
    try:
        from opencc import OpenCC  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  an extra
    except ImportError as problem:
        raise ConfigError(
            "match.one_script: expected the package OpenCC, got none; run: pip install 'dedupelab[chinese]'"
        ) from problem
    return cache(OpenCC("t2s").convert)


def fold_of(*, one: bool) -> Fold:
    """Return how values are read before they are compared: as written, or with Chinese in one script."""
    return one_script() if one else as_written
