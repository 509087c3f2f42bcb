"""What takes long to make, kept in the study by what it was made from: an unchanged run is free, a changed text makes papers only."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dedupelab.publish.chapters.author_texts import texts
from dedupelab.publish.chapters.prose import FOLDER as TEXTS
from dedupelab.publish.language.translations import languages
from dedupelab.publish.paper.fonts import installed_fonts
from dedupelab.publish.runs import half_made
from dedupelab.registers.register_fields import KINDS
from dedupelab.settings import consultation
from dedupelab.study.study import Study
from dedupelab.tables.keys import digest_of, key_for, package_digest, packages
from dedupelab.version import __version__

FOLDER = "kept"
_NOTES = "notes.json"


@dataclass(frozen=True)
class Kept:
    """Finished files under names; of each name the newest version stays, with what its maker had to tell.

    Parameters
    ----------
    root
        Their folder, below the study's tables.
    """

    root: Path

    def has(self, name: str, key: str) -> bool:
        """Whether what `key` stands for is there."""
        return self._place(name, key).is_dir()

    @contextmanager
    def new(self, name: str, key: str, notes: Sequence[str] = ()) -> Iterator[Path]:
        """Yield a folder to write into; when the block ends well it is kept, whole, in the place of the one before."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=half_made(self.root, "making"), dir=self.root) as making:
            folder = Path(making) / "whole"
            folder.mkdir()
            yield folder
            (folder / _NOTES).write_text(json.dumps([*notes]), encoding="utf-8")
            place = self._place(name, key)
            shutil.rmtree(place.parent, ignore_errors=True)
            place.parent.mkdir()
            folder.rename(place)

    def take(self, name: str, key: str, target: Path) -> list[str]:
        """Copy what is kept into a folder; return what its maker had to tell."""
        place = self._place(name, key)
        shutil.copytree(place, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(_NOTES))
        notes: list[str] = json.loads((place / _NOTES).read_text(encoding="utf-8"))
        return notes

    def _place(self, name: str, key: str) -> Path:
        return self.root / name / key


def kept(study: Study) -> Kept:
    """Return what a study keeps."""
    return Kept(study.store.root / FOLDER)


def found_key(study: Study) -> str:
    """Return a digest of all that a notebook shows: numbers, tables, what people wrote down, settings, and what sets them."""
    review = study.review()
    numbers = [study.results_path, *study.store.root.glob("tables/*.parquet")]
    return key_for(
        _digests(numbers),
        study.config.model_dump(mode="json", exclude={"compute": True, "serve": True, "report": {"out"}}),
        [str(row) for row in study.redaction_rows],
        {kind: study.registers.history(kind).to_csv() for kind in KINDS},
        (review.key, review.labels.to_csv()),
        (__version__, package_digest(), packages(), sorted(installed_fonts().families())),
    )


def brought_key(study: Study) -> str:
    """Return a digest of what people bring beside pictures and numbers: texts, the consultation, languages."""
    own = {file for written in texts(study).values() for file in written.pictures}
    brought = [study.folder / consultation.FILE, *(study.folder / TEXTS).rglob("*"), *own]
    return key_for(_digests(brought), _digests(languages().values()))


def _digests(files: Iterable[Path]) -> list[tuple[str, str]]:
    """Return names and SHA-256 of those files that are there."""
    return [(file.name, digest_of(file)) for file in sorted(files) if file.is_file()]
