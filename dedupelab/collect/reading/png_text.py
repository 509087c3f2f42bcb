"""Texts inside a PNG that are too large to be carried along: left out before the picture is decoded, so that it is not lost with them.

The decoder refuses a whole file over one text of more than a megabyte packed, or 64 megabytes in all. What the texts say is read
elsewhere (`segments`), with limits of its own, and reported there.
"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 1 << 20
"""Bytes of one text, unpacked, that the decoder is given."""
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def without_large_texts(data: bytes) -> bytes:
    """Return a PNG without its texts of more than LARGEST bytes; any other file, and a PNG without such, as it is.

    >>> without_large_texts(b"GIF89a")
    b'GIF89a'
    """
    if not data.startswith(SIGNATURE):
        return data
    kept, start, place = [], 0, len(SIGNATURE)
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if name in _TEXTS and _is_large(name, data[place + 8 : min(end - 4, len(data))]):
            kept.append(data[start:place])
            start = end
        if name == b"IEND":
            break
        place = end
    return b"".join([*kept, data[start:]]) if kept else data


def _is_large(name: bytes, content: bytes) -> bool:
    if len(content) > LARGEST:
        return True
    _keyword, _zero, rest = content.partition(b"\0")
    if name == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    else:
        packed, rest = name == b"zTXt", rest[1:]
    if not packed:
        return False
    try:
        return len(zlib.decompressobj().decompress(rest, LARGEST + 1)) > LARGEST
    except zlib.error:
        return False
