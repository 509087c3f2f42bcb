"""Studies to share: small ones of drawn pictures, and one run with its pack."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from dedupelab import Study, init
from dedupelab.evidence.results import Result, write_results
from dedupelab.publish import run as run_module
from dedupelab.publish.run import publish_run
from dedupelab.review import CALIBRATION
from dedupelab.share.pack import write_pack
from dedupelab.share.toml import toml

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def quiet(_label):
    return lambda _done, _total: None


@pytest.fixture(scope="session")
def shared_study(tmp_path_factory, photograph) -> Study:
    """Two collections of five photographs each: three works in common, once re-encoded, twice byte for byte."""
    folder = tmp_path_factory.mktemp("shared")
    for name, seeds in (("archive", (0, 1, 2, 3, 4)), ("agency", (0, 1, 2, 5, 6))):
        (folder / name).mkdir()
        for seed in seeds:
            quality = 70 if (name, seed) == ("agency", 0) else 92
            photograph(seed).save(folder / name / f"{seed}.jpg", quality=quality)
    init(folder / "study", {"archive": str(folder / "archive"), "agency": str(folder / "agency")}, "shared")
    study = Study(folder / "study")
    study.measure()
    return study


@pytest.fixture(scope="session")
def run_of() -> Callable[..., Path]:
    """Write a run of tables, numbers and a pack, without the papers and notebooks that take the time."""

    def written(study: Study, out: Path, hour: int = 3) -> Path:
        home, moment = out / study.name, NOW.replace(hour=hour)
        run = home / f"2026-01-02T{hour:02}0405Z"
        run.mkdir(parents=True)
        study.measure()
        run_module.write_tables(study, run / "tables")
        shutil.copyfile(study.results_path, run / "results.json")
        (run / "run.json").write_text(run_module._facts(study, moment, []), encoding="utf-8")
        write_pack(study, run, home, moment)
        return run

    return written


@pytest.fixture
def reviewed(shared_study, tmp_path) -> Study:
    """Make a study that two people reviewed, with an entry in a register and a calibration."""
    folder = tmp_path / "reviewed"
    shutil.copytree(shared_study.store.root, folder / shared_study.store.root.name)
    places = [{"name": name, "location": shared_study.location(name)} for name in ("archive", "agency")]
    text = toml({"study": {"name": "reviewed"}, "collection": places})
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = Study(folder)
    study.match()
    shown = study.images().set_index("image_id")["path"]
    review = study.review()
    for reviewer in ("Ada", "Bo"):
        for task in review.pending(reviewer).itertuples():
            # For something to correct: of the copies, the re-encoded one is said to be another picture.
            same = shown[task.left] == shown[task.right] and shown[task.left] != "0.jpg"
            label = "same" if same else "different"
            review.decide(task.left, task.right, label, reviewer=reviewer, purpose=task.purpose)
    entry = {"value": 2, "unit": "copies", "source_type": "expert", "source": "minutes", "owner": "Ada", "date": "2026-01-01"}  # fmt: skip
    study.registers.add("assumption", [entry], who="Ada", now=NOW)
    planted = Result(
        "C.recall.crop", "planted crops found", 0.5, "share of planted copies", 5, 10, "planted copies"
    )
    write_results(study.store.root / CALIBRATION, [planted], study=study.name)
    return study


@pytest.fixture(scope="session")
def runs(shared_study, run_of, tmp_path_factory):
    """Two runs in one folder, the second chained to the first and with papers and a notebook."""
    import nbformat

    place = tmp_path_factory.mktemp("notebooks") / "one.ipynb"
    cells = [
        nbformat.v4.new_code_cell('study: str = ""  # folder', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print(len(study) > 0)"),
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), place)
    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "notebook_sources", lambda: [place])
        finish = partial(write_pack, shared_study)
        first = run_of(shared_study, out)
        return [first, publish_run(shared_study, out, bars=quiet, now=NOW.replace(hour=4), finish=finish)]
