"""The notebooks in JupyterLab itself, driven through Chromium as a person would."""

from pathlib import Path

import pytest

from dedupelab import Study, init

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study(tmp_path_factory, photograph) -> Path:
    """Two collections that share two of three pictures."""
    root = tmp_path_factory.mktemp("lab")
    for name, seeds, quality in (("archive", (0, 1, 2), 92), ("agency", (0, 1, 3), 60)):
        (root / name).mkdir()
        for seed in seeds:
            photograph(seed, (640, 480)).save(root / name / f"{seed}.jpg", quality=quality)
    init(root / "study", {name: str(root / name) for name in ("archive", "agency")})
    Study(root / "study").measure()
    return root / "study"


def test_a_notebook_runs_and_its_group_browser_answers(run_all, page, study):
    """Run All leaves no error; choosing another group in the list shows that group's copies."""
    run_all("02-duplicates.ipynb")
    choice = page.locator(".widget-select select")
    choice.wait_for(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.jp-Notebook figure').length >= 5", timeout=60_000)
    groups = list(Study(study).groups()["group_id"])
    assert len(groups) == 2
    options = choice.locator("option").all_inner_texts()
    assert {text.split(":")[0] for text in options} == set(groups)
    for number, text in enumerate(options):
        choice.select_option(index=number)
        shown = page.locator(".widget-html", has_text=text.split(":")[0])
        shown.locator("figure img").first.wait_for(timeout=20_000)
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
