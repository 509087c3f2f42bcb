"""Studies to share: small ones of drawn pictures, and one run with its pack."""

from datetime import UTC, datetime
from functools import partial

import pytest

from dedupelab import Study, init
from dedupelab.publish import run as run_module
from dedupelab.publish.run import publish_run
from dedupelab.share.pack import write_pack

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
def runs(shared_study, tmp_path_factory):
    """Two runs in one folder, the second chained to the first; one notebook each."""
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
        return [
            publish_run(shared_study, out, bars=quiet, now=NOW.replace(hour=hour), finish=finish)
            for hour in (3, 4)
        ]
