"""What will leave is read from an export, so that nothing in it can be forgotten."""

import zipfile

import nbformat
import pyarrow.parquet as pq
import pytest

from dedupelab import tables
from dedupelab.exchange.preview import notice, preview_export, reveals
from dedupelab.exchange.tiers import export
from dedupelab.lab import exchange
from dedupelab.study.study import Study


def test_every_column_of_a_manifest_is_told(shared_study, tmp_path):
    """File by file and column by column, with as many values as the sent file holds."""
    found = preview_export(shared_study, "private")
    with zipfile.ZipFile(export(shared_study, "private", tmp_path / "m.zip")) as archive:
        assert found.files == len(archive.namelist())
        archive.extractall(tmp_path / "x")
    told = {(f.file, f.field): f for f in found.fields}
    for path in (tmp_path / "x").glob("*.parquet"):
        sent = pq.read_table(path)
        for name in sent.column_names:
            assert told.pop((path.name, name)).filled == len(sent) - sent[name].null_count
    assert {file for file, _ in told} == {"manifest.json", "manifest.json.minisig", "minisign.pub"}
    path = next(f for f in found.fields if (f.file, f.field) == ("images.parquet", "path"))
    assert (path.example, path.reveals.startswith("names of folders")) == ("0.jpg", True)


def test_what_is_left_out_is_not_told(shared_study):
    """Fingerprints alone: no path, no metadata; band sketches: no fingerprint; public: no name of a holder."""
    bare = {f.field: f for f in preview_export(shared_study, "private", fingerprints_only=True).fields}
    assert bare["modified"].reveals == bare["creator"].reveals == "nothing: empty"
    assert ".jpg" not in bare["path"].example
    sketched = preview_export(shared_study, "private", bands=True, secret=b"a secret of sixteen bytes")
    columns = {f.field for f in sketched.fields if f.file == "bands.parquet"}
    assert columns == {"image_id", "sha256", "payload_sha256", "bands"}
    public = preview_export(shared_study, "public")
    shown = " ".join(f.example for f in public.fields)
    assert [c.name for c in shared_study.config.collection if c.name in shown] == []
    assert any(f.file == "data/results.csv" and f.field == "value" for f in public.fields)


def test_every_column_has_a_sentence_of_its_own():
    """No column that can say something of a person is passed over as size and kind."""
    plain = {c.name for c in tables.IMAGES.columns if reveals(c.name).startswith("size")}
    assert plain == {"bytes", "status", "problem", "format", "mode", "orientation", "width", "height", "frames", "information", "pdq_quality", "from_catalogue"}  # fmt: skip


@pytest.mark.parametrize("complete", [True, False])
def test_the_notice_says_what_was_stated_and_what_was_not(shared_study, tmp_path, complete):
    """Purpose, date, persons and consequences come from study.toml; what is lacking there is named."""
    text = (shared_study.folder / "study.toml").read_text("utf-8")
    if complete:
        text = text.replace('owner = ""', 'owner = "An Association"')
        text += '\n[privacy]\npurpose = "statistics"\nretention = "2026-06-30"\nadverse_action = "none"\npersons = 40\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    said = " ".join(notice(Study(tmp_path)))
    assert ("not stated" in said) != complete
    for each in (
        "An Association",
        "statistics",
        "2026-06-30",
        "Persons concerned: 40",
        "no decision about a person",
    ):
        assert (each in said) == complete


def test_the_views_show_it_and_leave_nothing_behind(shared_study):
    """One row for each field in the notebook's view, escaped; the study's tables are as before."""
    before = {p: p.stat().st_mtime_ns for p in shared_study.store.root.rglob("*.parquet")}
    view = exchange.fields(shared_study, "assurer")
    assert "edges.csv" in view.markup
    assert view.text.startswith("assurer: ")
    assert "Who compares" in exchange.told(shared_study).markup
    assert before == {p: p.stat().st_mtime_ns for p in shared_study.store.root.rglob("*.parquet")}


@pytest.mark.slow
def test_the_notebook_runs(shared_study, tmp_path):
    """All three tiers and the notice are shown, through the runner that a report uses."""
    from dedupelab.publish.notebooks.notebooks import notebook_sources, run_notebooks

    (source,) = (path for path in notebook_sources() if path.name == "12-exchange.ipynb")
    run_notebooks([source], tmp_path, {"study": str(shared_study.folder)})
    done = nbformat.read(tmp_path / source.name, as_version=4)
    shown = "".join(str(o) for c in done.cells if c.cell_type == "code" for o in c.outputs)
    assert all(each in shown for each in ("public: ", "assurer: ", "private: ", "Who compares"))
