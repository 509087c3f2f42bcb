"""How a study begins: a commented study.toml for one's own collections, or the sample study."""

import os
from pathlib import Path

from dedupelab.config import starter
from dedupelab.errors import CollectionError, ConfigError, OutputError
from dedupelab.sample import write_sample
from dedupelab.study import Study


def init(folder: str | Path, collections: dict[str, str], name: str = "") -> Path:
    """Write a commented study.toml; return its path.

    Parameters
    ----------
    folder
        The study's folder; it is made if absent.
    collections
        Name to location. A relative folder is taken from the current folder and written relative to the study.
    name
        The study's name; the folder's name when empty.

    Raises
    ------
    ConfigError
        If there is a study already, or a name is not usable.
    CollectionError
        If a location is no folder.
    """
    target = Path(folder)
    if (target / "study.toml").exists():
        raise ConfigError(f"expected a folder without a study, got {target / 'study.toml'}; edit that file")
    placed = {}
    for collection, location in collections.items():
        if "://" not in location:
            if not Path(location).is_dir():
                raise CollectionError(f"expected a folder for {collection}, got {location!r}; check the spelling")
            location = Path(os.path.relpath(Path(location).resolve(), target.resolve())).as_posix()  # noqa: PLW2901
        placed[collection] = location
    text = starter(name or target.resolve().name, placed)
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / "study.toml").write_text(text, encoding="utf-8")
    except OSError as problem:
        raise OutputError(f"expected to write {target / 'study.toml'}, got: {problem.strerror}") from problem
    return target / "study.toml"


def open_study(path: str | Path = "") -> Study:
    """Open a study; without a path the one JupyterLab was started for, else the sample study, made on first use.

    Raises
    ------
    ConfigError
        If there is no study at the path.
    """
    chosen = str(path) or os.environ.get("DEDUPELAB_STUDY", "")
    if chosen:
        return Study(chosen)
    home = sample_home()
    if not (home / "study.toml").exists():
        write_sample(home)
    return Study(home)


def sample_home() -> Path:
    """Return where the sample study lies: in `data/` of a source checkout, else in the user's cache."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir() and (folder / "data" / "README.md").exists():
            return folder / "data" / "sample"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "dedupelab" / "sample"
