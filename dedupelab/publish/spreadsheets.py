"""Tables as a spreadsheet may open them: nothing runs, and numbers that are codes stay codes."""

import pandas as pd

from dedupelab.tables.cells import guarded


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as a spreadsheet may open it: hashes as hexadecimal, and no text that would run as a formula."""
    shown = frame.astype(object)
    for name in frame.columns:
        if name.startswith(("phash", "dhash")) or name == "pdq":
            shown[name] = [_hexadecimal(value) for value in frame[name]]
        elif pd.api.types.is_string_dtype(frame[name].dtype) or frame[name].dtype == object:
            shown[name] = pd.Series([_shown(value) for value in frame[name]], index=frame.index, dtype=object)
    return shown


def _hexadecimal(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return "" if value is None or value is pd.NA or value != value else f"{int(str(value)):016x}"  # noqa: PLR0124  NaN


def _shown(value: object) -> object:
    """Text that no spreadsheet runs, coordinates as text; everything else as it is."""
    if isinstance(value, str):
        return guarded(value)
    if value is None or isinstance(value, int | float):
        return value
    try:
        return " ".join(f"{float(part):.4f}" for part in value)  # type: ignore[attr-defined]  # an array of coordinates
    except TypeError:
        return value
