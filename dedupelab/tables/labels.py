"""The columns of what people review: labels, what they come to, and the pairs that a second detector proposes."""

from dedupelab.tables.parquet import Column, Table, count, flag, moment, real, text


def _text(name: str, meaning: str) -> Column:
    return text(name, meaning, nullable=False)


PROPOSED = Table(
    "proposed",
    (
        _text("left", "image_id; left < right"),
        _text("right", "image_id"),
        count("distance", "Hamming distance of phash under the best transform", "bits of 64", nullable=True),
        count("votes", "local descriptors that agree on one placement", "descriptors"),
    ),
    order=("left", "right"),
)

LABELS = Table(
    "labels",
    (
        count("number", "order of arrival, from 1", "rows"),
        _text("decision", "identifier of this decision, the same wherever it is copied to"),
        moment("decided", "when"),
        _text("reviewer", "who decided"),
        _text("left_sha256", "SHA-256 of one file; left_sha256 < right_sha256"),
        _text(
            "right_sha256",
            "SHA-256 of the other file; ~ where a search found none, or one file alone was asked about",
        ),
        _text(
            "left_payload",
            "SHA-256 of its compressed picture, by which it is known once its metadata were edited",
        ),
        _text("right_payload", "the same of the other"),
        _text(
            "label",
            "same, derivative, variant, different or cannot-tell; of a person shown yes, no or cannot-tell; "
            "empty where the row only undoes another",
        ),
        _text("note", "what the reviewer wrote"),
        real("seconds", "time taken", "seconds", nullable=True),
        _text(
            "purpose",
            "first, second (drawn for double review), adjudication, gold (the answer is known, to learn how often reviewers err), search (a random file searched for) or person (whether a random file shows somebody who can be recognised)",
        ),
        _text("stratum", "the stratum that the pair was drawn from; empty for a pair not drawn"),
        _text("draw", "the draw that the pair belongs to; empty for a pair not drawn"),
        _text("undoes", "decision that this row takes back"),
    ),
    order=("number",),
)

LAID = Table(
    "laid",
    (
        _text(
            "left_digest",
            "smallest SHA-256 of the pictures with one content, of the file where a picture has none; left_digest < right_digest",
        ),
        _text("right_digest", "the same of the other content"),
        _text("stratum", "the stratum that the pair belongs to since it was first there"),
        _text("title", "what the stratum is called, as a message"),
        count("wave", "the draw in which it was first there, from 0", "draws"),
        real("number", "decides the order within the stratum, 0 to 1"),
        flag("drawn", "whether it was to be reviewed"),
    ),
    order=("left_digest", "right_digest"),
)

REVIEWED = Table(
    "reviewed",
    (
        _text("left", "image_id, the smallest of the images with this content; left < right"),
        _text("right", "image_id, likewise"),
        _text(
            "label",
            "as in labels: what was agreed or adjudicated, the more cautious where only the kind differs",
        ),
        _text("state", "agreed, adjudicated, dispute or open (nobody could tell)"),
        flag("duplicate", "whether it counts as duplication; empty while disputed or open", nullable=True),
        _text("reviewers", "who decided, joined by '; '"),
        count("decisions", "decisions that stand", "decisions"),
    ),
    order=("left", "right"),
)
