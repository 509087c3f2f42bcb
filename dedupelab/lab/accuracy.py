"""What the accuracy notebook shows: how far the review went, and what it did to the headlines."""

import html

from dedupelab.lab import views
from dedupelab.lab.views import View
from dedupelab.numbers.headlines import SENTENCES
from dedupelab.publish.chapters import wording
from dedupelab.study.study import Study


def state(study: Study) -> View:
    """Say whether anything was reviewed, and count the labels."""
    results = {result.id: result for result in study.results()}
    reviewed = results.get("V.reviewed")
    if reviewed is None:
        said = "Not reviewed: nobody has looked at a pair of this study. Start with 11-review.ipynb."
        return View(f"<p><strong>{html.escape(said)}</strong></p>", said)
    counts = ("V.reviewed", "V.labelled", "V.reviewers", "V.twice", "V.disputes", "V.open", "V.absent")
    return views.numbers(study, *counts)


def headlines(study: Study) -> View:
    """Show each number that the review corrected beside what the detector alone says; or that there is none."""
    rows = [
        (
            result.id,
            str(result.label),
            wording.quantity(result.raw, result.unit),
            wording.figure(result),
            wording.named_interval(result),
        )
        for result in study.results()
        if result.raw is not None
    ]
    if not rows:
        said = f"No number is corrected yet: too few pairs were reviewed. The {len(SENTENCES)} headlines are the detector's own."
        return View(f"<p>{html.escape(said)}</p>", said)
    return views.grid(("Id", "What", "As detected", "Corrected", "Interval"), rows, right=(2, 3))
