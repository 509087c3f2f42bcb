"""How wide a table and its columns are, from what stands in the cells."""

from dedupelab.errors import ReportError
from dedupelab.publish.paper.document import Table, plain
from dedupelab.publish.paper.text_width import columns_of

_LONG_CELL = 60
_LONG_WORD = 12
_GUTTER = 3
_BOLD = 1.15
_LINE = 100
_WIDE_LINE = 112
"""Characters that fit across the page in the print of narrow and of wide tables."""
_NARROWEST = 0.45


def column_shares(table: Table) -> tuple[float, list[float]]:
    """Return the share of the page's width that a table takes, and each column's share of that; these sum to 1.

    Every column gets its longest word, then what is left goes to those with most to say; narrow tables stay narrow, for
    the eye loses the row across a wide gap.
    """
    given = [column.width for column in table.columns if column.width]
    if given and len(given) < len(table.columns):
        raise ReportError(
            f"table {table.id}: expected widths for all columns or none, got some; complete them"
        )
    floors, wishes = [], []
    for n, column in enumerate(table.columns):
        cells = [plain(row[n]) for row in table.rows]
        lengths = sorted(map(columns_of, cells)) or [0]
        head = max(map(columns_of, [*column.title.split(), column.unit]), default=0)
        word = max((columns_of(word) for cell in cells for word in cell.split()), default=0)
        floors.append(max(min(word, _LONG_WORD), min(head, 2 * _LONG_WORD) * _BOLD) + _GUTTER)
        # The longest cells wrap, so that one long credit does not starve the other columns.
        wishes.append(max(min(lengths[len(lengths) * 9 // 10], _LONG_CELL) + _GUTTER, floors[-1]))
    room = _WIDE_LINE if len(table.columns) > 4 else _LINE
    if given:
        return 1.0, _fitted(given, [_head_of(column.title) / room for column in table.columns])
    if sum(wishes) <= room:
        return min(1.0, max(sum(wishes) * 1.3 / room, _NARROWEST)), [wish / sum(wishes) for wish in wishes]
    if sum(floors) >= room:
        return 1.0, [floor / sum(floors) for floor in floors]
    over = [wish - floor for wish, floor in zip(wishes, floors, strict=True)]
    widths = [
        floor + (room - sum(floors)) * more / sum(over) for floor, more in zip(floors, over, strict=True)
    ]
    return 1.0, [width / sum(widths) for width in widths]


def _fitted(given: list[float], least: list[float]) -> list[float]:
    """Return the given widths as shares that sum to 1, none below what its heading needs while there is room for all."""
    if sum(least) >= 1:
        return [share / sum(least) for share in least]
    fixed: set[int] = set()
    while True:
        left = 1 - sum(least[n] for n in fixed)
        scale = left / sum(width for n, width in enumerate(given) if n not in fixed)
        shares = [least[n] if n in fixed else width * scale for n, width in enumerate(given)]
        narrow = {n for n, share in enumerate(shares) if share < least[n] - 1e-9}
        if not narrow:
            return shares
        fixed |= narrow


def _head_of(title: str) -> float:
    """Return the room of a heading's longest word; of short Chinese ones, which could break anywhere, that of the whole."""
    wide = columns_of(title)
    if len(title) < wide:
        return wide * _BOLD + _GUTTER if wide <= 8 else 0
    word = max(map(len, title.split()), default=0)
    return word * _BOLD + _GUTTER if word <= _LONG_WORD else 0
