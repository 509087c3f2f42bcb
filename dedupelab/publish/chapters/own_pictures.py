"""Pictures that authors put into their texts: from the study's folder, described for those who cannot see them."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

from dedupelab.errors import ReportError
from dedupelab.publish.figures.captions import short_title
from dedupelab.publish.language.language import _
from dedupelab.publish.paper.document import ALT_LENGTH, Figure

FORMATS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg")}
"""Formats that every paper can hold, and what their files are called."""


@dataclass(frozen=True)
class Place:
    """Where an author's pictures may lie: the folder that addresses start from, the study's, and those of collections.

    A collection's pictures are shown by the study alone, as `redactions.csv` wants them.
    """

    texts: Path
    study: Path
    collections: tuple[Path, ...] = ()

    def path(self, address: str) -> Path:
        """Return where an address leads."""
        return (self.texts / unquote(address)).resolve()

    def picture(self, address: str, alt: str, title: str, at: str) -> Figure:
        """Return a picture as a figure; `at` says where it is asked for.

        Raises
        ------
        ReportError
            In one line: the file and line, what was expected, what was got.
        """
        path = self.path(address)
        if "://" in address or not path.is_relative_to(self.study.resolve()):
            raise ReportError(
                f"{at}: expected a picture in the study's folder, got {address[:120]!r}; copy it beside the text"
            )
        if any(path.is_relative_to(each.resolve()) for each in self.collections):
            raise ReportError(
                f"{at}: expected a picture of your own, got {address[:120]!r} of a collection, which redactions.csv may close; "
                "draw or export what is to be shown"
            )
        if not alt.strip() or len(alt) > ALT_LENGTH:
            raise ReportError(
                f"{at}: expected 1 to {ALT_LENGTH} characters for those who cannot see the picture, got {len(alt.strip())}; "
                "write ![what it shows](file)"
            )
        try:
            with Image.open(path) as picture:
                kind = picture.format
                picture.verify()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
            got = "no such file" if not path.is_file() else f"none that can be read ({problem})"
            raise ReportError(
                f"{at}: expected a picture at {address[:120]!r}, got {got}; correct the address"
            ) from problem
        if path.suffix.lower() not in FORMATS.get(str(kind), ()):
            raise ReportError(
                f"{at}: expected a .png or .jpg, got {address[:120]!r}, which is {kind}; convert it"
            )
        name = sha256(f"{at} {address}".encode()).hexdigest()[:8]
        return Figure(
            f"figure-own-{name}", short_title(title or alt), "", _("the submitter"), alt.strip(), path
        )
