"""The main job: every stage, notebook and paper of a run, closed with its evidence pack."""

from functools import partial
from pathlib import Path

from dedupelab.pack.pack import write_pack
from dedupelab.publish.run import publish_run
from dedupelab.study.study import Study
from dedupelab.work.progress import Bars, silent


def report(
    study: Study,
    out: str | Path | None = None,
    *,
    languages: tuple[str, ...] = (),
    gallery: bool = False,
    bars: Bars = silent,
) -> Path:
    """Run everything and write the run folder; return its path. See `publish.run`.

    Parameters
    ----------
    out
        Where runs land; `[report] out` of the study when None.
    languages
        BCP 47 tags of the papers; those of the study when empty.
    gallery
        Whether to write pages with the pictures behind the numbers, to which the paper as HTML links.

    Raises
    ------
    DedupelabError
        What stages, notebooks and papers raise; nothing half-written takes the place of an earlier run.
    """
    place = Path(out or study.config.report.out)
    return publish_run(
        study, place, languages=languages, gallery=gallery, bars=bars, finish=partial(write_pack, study)
    )
