"""The desk: where a study is made, filled in and run, in JupyterLab; a widget over the functions that the commands call.

The files study.toml and consultation.toml stay the truth: the form writes them, and reads them back. Stages run in processes of their
own (`lab.job`), so that a reload or a restarted kernel loses nothing.
"""

import json
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedupelab.collect.catalogues.preview import preview
from dedupelab.collect.catalogues.sources import opened as opened_catalogue
from dedupelab.errors import CollectionError, ConfigError, DedupelabError, OutputError
from dedupelab.lab import job
from dedupelab.lab.browser import group_browser
from dedupelab.lab.counts import counted
from dedupelab.lab.forms import EntryForm, register_form
from dedupelab.lab.problems import problems
from dedupelab.lab.server import ROOT, with_notebooks
from dedupelab.settings.consultation import FILE as PROFILE
from dedupelab.settings.sections import CatalogueSection
from dedupelab.settings.study_toml import FILE
from dedupelab.settings.written import COLLECTION, CONSULTATION, STUDY, Form, read_form, write_form
from dedupelab.settings.written_inputs import InputSheets
from dedupelab.study.execution import placed
from dedupelab.study.start import init
from dedupelab.study.study import Study
from dedupelab.tables import GROUPS

if TYPE_CHECKING:
    from dedupelab.lab.front import BrowserWidget, DeskWidget

WATCH = 0.5
"""Seconds between two looks at a job."""
MUCH = 120
"""Characters of a place that a message names."""
LISTED = 300
"""Folders that are listed of one folder at most."""
REMEMBERED = "desk.json"
PAPERS = ("report", "summary", "letter")


def study_desk(folder: str | Path = "") -> "DeskWidget":
    """Return the desk; without a folder with the study that was last open there.

    Keyboard: Tab moves through the form, Enter and Space press what has the focus.
    """
    return StudyDesk(folder).widget


class StudyDesk:
    """What the desk does when a person does something."""

    def __init__(self, folder: str | Path = "") -> None:
        from dedupelab.lab.front import DeskWidget  # noqa: PLC0415  widgets load only where there is a notebook

        self.root = Path(os.environ.get(ROOT) or Path.cwd()).resolve()
        self.folder: Path | None = None
        self.form = Form()
        self._ending = threading.Event()
        self._watcher: threading.Thread | None = None
        self.widget = DeskWidget()
        self.widget.view = {**_BLANK, "message": "", "alarm": False}
        self.widget.still = "<p>The desk: run the cells of this notebook in JupyterLab (Run, Run All Cells) to make a study and run it.</p>"
        self.widget.on_msg(lambda _widget, content, _buffers: self.hear(content))
        last = Path(folder) if str(folder) else _remembered()
        if last is not None and (last / FILE).exists():
            # Shown also where it cannot be opened: it is the one to mend.
            self.widget.view = self.widget.view | {"folder": str(last)}
            self.hear({"do": "open", "folder": str(last)})

    def hear(self, said: dict[str, Any]) -> None:
        """Do what a person asked for; what goes wrong is shown and loses nothing that was typed."""
        actions: dict[str, Callable[[dict[str, Any]], str]] = {
            "open": self._open,
            "begin": self._begin,
            "make": self._make,
            "save": self._save,
            "list": self._list,
            "check": self._check,
            "run": self._run,
            "cancel": self._cancel,
            "tab": self._tab,
        }
        try:
            message = actions[str(said.get("do"))](said)
        except DedupelabError as problem:
            self._say(str(problem), alarm=True)
        except OSError as problem:
            got = f"{str(problem.filename or '')[-MUCH:]!r} ({problem.strerror or problem})"
            self._say(f"expected a place that can be read and written, got {got}; choose another", alarm=True)
        except ValueError as problem:
            # No file system knows a name with a character such as NUL in it.
            self._say(f"expected names and places as text, got: {problem}; type it anew", alarm=True)
        else:
            self._say(message)

    def close(self) -> None:
        """Stop watching; a job goes on."""
        self._ending.set()

    def _open(self, said: dict[str, Any]) -> str:
        folder = self._placed(said)
        self.form = read_form(folder)
        self.folder, self.widget.tabs = folder, {}
        _remember(folder)
        self._show()
        if self.widget.job["state"] not in job.OPEN:
            job.expect_free(folder)  # open all the same: what stands in it can be looked at
        return f"Study {self.form.study['name']} is open."

    def _begin(self, _said: dict[str, Any]) -> str:
        """Leave the open study as it is and show an empty form; a job goes on."""
        self.folder, self.form, self.widget.tabs, self.widget.job = None, Form(), {}, {}
        self.widget.view = {**_BLANK, "message": "", "alarm": False}
        return "Fill in the form; the study before stays in its folder."

    def _make(self, said: dict[str, Any]) -> str:
        """Make a study of the form."""
        folder, wanted = self._placed(said), _form(said)
        if not wanted.collections:
            raise ConfigError("expected a folder of pictures, got none; add one")
        places = {each["name"]: self._located(each["location"]) for each in wanted.collections}
        if len(places) < len(wanted.collections):
            raise ConfigError("expected collections of different names, got one twice; rename one")
        there = folder.exists()
        init(folder, places, wanted.study.get("name", ""))
        try:
            self.form = self._written(folder, wanted, read_form(folder))
        except DedupelabError:
            # Half a study would be in the way of the next try.
            for name in (FILE, PROFILE):
                (folder / name).unlink(missing_ok=True)
            if not there:
                folder.rmdir()
            raise
        self.folder, self.widget.tabs = folder, {}
        _remember(folder)
        self._show()
        return f"The study is made: {folder / FILE}."

    def _save(self, said: dict[str, Any]) -> str:
        self.form = self._written(self._study(), _form(said), self.form)
        self._show()
        return f"Saved in {FILE} and {PROFILE}; comments stay."

    def _written(self, folder: Path, wanted: Form, before: Form) -> Form:
        """Write what the form says, its places relative to the study; return it as it is read back."""
        as_read = {each["catalogue"] for each in before.collections}
        collections = [
            {
                **each,
                "location": _relative(self._located(each["location"]), folder),
                "catalogue": each["catalogue"]
                if each["catalogue"] in as_read
                else self._catalogue(each["catalogue"], folder),
            }
            for each in wanted.collections
        ]
        return write_form(folder, replace(wanted, collections=collections, seen=before.seen))

    def _catalogue(self, text: str, folder: Path) -> str:
        """Return a catalogue as study.toml has it."""
        place = self._lying(text, folder)
        return text if "://" in text or place is None else _relative(str(place), folder)

    def _lying(self, text: str, folder: Path | None) -> Path | None:
        """Return where a catalogue lies, in the study or where the desk works; None where it lies in neither."""
        places = [*([] if folder is None else [folder / text]), self._place(text)]
        return next((place for place in places if text and place.exists()), None)

    def _located(self, location: str) -> str:
        """Return a collection's place in full; refuse a folder that is none, cannot be read, or is empty."""
        if "://" in location:
            return location
        if not location:
            raise CollectionError(
                "expected the folder or address of each collection, got none; choose one, or remove the collection"
            )
        place = self._place(location)
        try:
            some = any(place.iterdir())
        except OSError as problem:
            raise CollectionError(
                f"expected a folder that can be read, got {location!r} ({problem.strerror}); choose another"
            ) from problem
        if not some:
            raise CollectionError(f"expected pictures in {location!r}, got an empty folder; choose another")
        return str(place)

    def _place(self, text: str) -> Path:
        place = Path(text).expanduser()
        return place if place.is_absolute() else self.root / place

    def _list(self, said: dict[str, Any]) -> str:
        """List the folders in a folder and how many files stand beside them, by name where a file is wanted."""
        text, place = str(said.get("path") or ""), self.root
        if said.get("file"):
            found = self._lying(text, self.folder) or self.root
            place = found.parent if found.is_file() else found
        elif text:
            place = self._place(text)
        try:
            entries = sorted(os.scandir(place), key=lambda each: each.name.casefold())
        except OSError as problem:
            raise CollectionError(
                f"expected a folder that can be read, got {str(place)!r} ({problem.strerror}); choose another"
            ) from problem
        folders = [each.name for each in entries if each.is_dir() and not each.name.startswith(".")]
        files = [each.name for each in entries if each.is_file() and not each.name.startswith(".")]
        self.widget.files = {
            "path": str(place),
            "parent": str(place.parent),
            "folders": folders[:LISTED],
            "files": files[:LISTED] if said.get("file") else [],
            "count": len(files),
            "asked": int(self.widget.files.get("asked", 0)) + 1,
        }
        return f"{place}: {counted(len(folders), 'folder')}, {counted(len(files), 'file')}."

    def _check(self, said: dict[str, Any]) -> str:
        """Say what would be read of a catalogue."""
        path = str(said.get("path", "")).strip()
        if not path:
            raise ConfigError("expected a catalogue's file or address, got nothing; type one")
        if "://" not in path:
            path = str(self._lying(path, self.folder) or self._place(path))
        self.widget.view = self.widget.view | {"check": None}
        named = CatalogueSection.model_validate({"path": path})
        with tempfile.TemporaryDirectory() as cache:
            found = preview(opened_catalogue(named.path, Path(cache)))
        lines = [f"{each.count:,} {each.name}" for each in found.read]
        lost = ", ".join(each.name for each in found.lost)
        self.widget.view = self.widget.view | {
            "check": {
                "of": path,
                "read": lines,
                "lost": lost,
                "links": [f"{count:,} by {way}" for way, count in found.links.items() if count],
                "problems": list(found.problems),
            }
        }
        usable = found.records - found.unusable - found.withdrawn
        if not usable:
            raise ConfigError(
                f"expected a catalogue, got {path}, of which no record can be read; correct it or name another"
            )
        return f"{usable:,} of {found.records:,} records would be read."

    def _run(self, said: dict[str, Any]) -> str:
        folder = self._study()
        Study(folder)  # settings that cannot be read are told before anything begins
        now = job.start(folder, str(said.get("stage")))
        self._show()
        return now.message

    def _cancel(self, _said: dict[str, Any]) -> str:
        job.cancel(self._study())
        self._show()
        return job.told(self._study()).message or "Nothing is at work."

    def _tab(self, said: dict[str, Any]) -> str:
        """Make what stands in a tab, once it is looked at."""
        folder, tab = self._study(), str(said.get("tab"))
        if tab not in self.widget.tabs:
            self.widget.tabs = self.widget.tabs | {tab: TABS[tab](Study(folder))}
        return ""

    def _study(self) -> Path:
        if self.folder is None:
            raise ConfigError("expected an open study, got none; make or open one above")
        return self.folder

    def _placed(self, said: dict[str, Any]) -> Path:
        text = str(said.get("folder", "")).strip()
        if not text:
            raise ConfigError("expected a folder for the study, got nothing; type one, such as my-study")
        return self._place(text)

    def _show(self) -> None:
        folder, form = self._study(), self.form
        now = job.told(folder)
        self.widget.job = asdict(now)
        told = {
            "study": dict(form.study),
            "languages": list(form.languages),
            "consultation": dict(form.consultation),
            "collections": [
                {**each, "location": placed(each["location"], folder)} for each in form.collections
            ],
        }
        self.widget.view = self.widget.view | {
            "form": told,
            "folder": str(folder),
            "open": True,
            "problems": [list(each) for each in problems(folder)],
            "made": self._made(folder),
        }
        if now.state in job.OPEN and (self._watcher is None or not self._watcher.is_alive()):
            self._watcher = threading.Thread(target=self._watch, name="desk watch", daemon=True)
            self._watcher.start()

    def _watch(self) -> None:
        """Follow a job until it ends."""
        while not self._ending.wait(WATCH):
            folder = self.folder
            if folder is None:
                return
            now = job.told(folder)
            self.widget.job = asdict(now)
            if now.state not in job.OPEN:
                try:
                    # Groups that were shown are of before.
                    self.widget.tabs = {
                        tab: each for tab, each in self.widget.tabs.items() if tab != "groups"
                    }
                    self._show()
                    self._say(now.message, alarm=now.state in {"failed", "stopped"})
                except (DedupelabError, OSError) as problem:
                    # A thread has nobody to raise to.
                    self._say(str(problem), alarm=True)
                return

    def _made(self, folder: Path) -> list[dict[str, str]]:
        """Return what there is to open: notebooks once there are pairs, papers once there is a run."""
        study = Study(folder)
        found: list[tuple[str, Path, str]] = []
        if len(study.pairs()):
            # Also where people took the last group apart: that review must be found again.
            notebooks = with_notebooks(folder)
            found += [
                ("Browse the groups", notebooks / "02-duplicates.ipynb", "lab/tree"),
                ("Review pairs", notebooks / "11-review.ipynb", "lab/tree"),
                ("Registers", notebooks / "09-registers.ipynb", "lab/tree"),
            ]
        latest = folder / "reports" / study.name / "latest"
        found += [
            (path.name, path, "files")
            for name in PAPERS
            for kind in ("pdf", "docx", "html")
            for path in sorted(latest.glob(f"{name}.*.{kind}"))
        ]
        return [
            {"text": text, "path": str(path), "way": way, "at": _within(path, self.root)}
            for text, path, way in found
        ]

    def _say(self, message: str, *, alarm: bool = False) -> None:
        self.widget.view = self.widget.view | {"message": message, "alarm": alarm}


def _groups(study: Study) -> "BrowserWidget":
    if not len(study.groups()):
        raise ConfigError(
            "expected groups of copies, got none: Match found no two pictures that are copies; see the study's folders"
            if study.store.path(GROUPS).exists()
            else "expected groups of copies, got none yet; run Scan and Match first"
        )
    return group_browser(study)


TABS: Mapping[str, Callable[[Study], Any]] = {
    "groups": _groups,
    "inputs": lambda study: EntryForm(InputSheets(study.folder)).widget,
    "registers": register_form,
}
"""What stands beside the desk's own tab."""


def _form(said: dict[str, Any]) -> Form:
    given = said.get("form") or {}
    return Form(
        study={name: str((given.get("study") or {}).get(name, "")).strip() for name in STUDY},
        collections=[
            {name: str(each.get(name, "")).strip() for name in COLLECTION}
            for each in given.get("collections") or ()
            if any(str(value).strip() for value in each.values())  # one that nobody filled in is none
        ],
        languages=[str(tag) for tag in given.get("languages") or ["en"]],
        consultation={
            name: str((given.get("consultation") or {}).get(name, "")).strip() for name in CONSULTATION
        },
    )


_BLANK: Mapping[str, Any] = {
    "form": {
        "study": dict.fromkeys(STUDY, ""),
        "collections": [],
        "languages": ["en"],
        "consultation": dict.fromkeys(CONSULTATION, ""),
    },
    "folder": "",
    "open": False,
}


def _relative(location: str, folder: Path) -> str:
    if "://" in location:
        return location
    return Path(os.path.relpath(Path(location).resolve(), folder.resolve())).as_posix()


def _within(path: Path, root: Path) -> str:
    """Return where JupyterLab serves a file; empty where it lies outside of what it serves."""
    place = Path(os.path.normpath(path))
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else ""


def _memory() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "dedupelab" / REMEMBERED


def _remember(folder: Path) -> None:
    path = _memory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"study": str(folder)}), encoding="utf-8")
    except OSError as problem:
        raise OutputError(
            f"expected to write {path}, got: {problem.strerror}; the study itself is kept"
        ) from problem


def _remembered() -> Path | None:
    try:
        return Path(json.loads(_memory().read_text(encoding="utf-8"))["study"])
    except (OSError, ValueError, KeyError):
        return None
