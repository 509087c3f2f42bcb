"""Progress told: a line a minute for logs."""

from dedupelab.work.progress import Joint, Lines


def test_a_log_gets_a_line_a_minute():
    """What takes less than a minute tells nothing; what takes longer tells how far it is, what is left, and its end."""
    told, now = [], [0.0]
    short, long = (Lines(name, told.append, lambda: now[0]) for name in ("short", "long"))
    for seconds, done in ((10, 1), (50, 4), (70, 25), (100, 40), (140, 50), (150, 100)):
        now[0] = float(seconds)
        if seconds < 60:
            short(done, 4)
        long(done, 100)
    assert told == [
        "long: 25 of 100 in 1 min; about 4 min left",
        "long: 50 of 100 in 2 min; about 2 min left",
        "long: 100 of 100 in 2 min",
    ]


def test_what_goes_on_side_by_side_is_complete_when_each_piece_is():
    """A piece that has not begun counts with what is known of it, so that nothing is complete before it."""
    told = []
    joint = Joint(lambda *step: told.append(step), (1, 2))
    one, two = joint.of(0), joint.of(1)
    one(0, 3)
    one(3, 3)
    two(1, 1)
    assert told == [(0, 5), (3, 5), (4, 4)]
