"""The second environment of `make replay` holds what decodes and lets the rest be older."""

from scripts import ROOT, script

LOCK = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:11
pillow==13.0.0 \\
    --hash=sha256:22
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:33
"""


def test_constraints_follow_the_lock_but_for_what_is_to_be_older():
    """Pins and their markers stay, hashes go, the freed package comes with its range."""
    module = script("tests/campaigns/replay.py")
    found = module.constraints(LOCK, {"numpy": ">=2.2,<2.4"})
    assert found.splitlines() == [
        "pillow==13.0.0",
        "colorama==0.4.6 ; sys_platform == 'win32'",
        "numpy>=2.2,<2.4",
    ]
    real = module.constraints((ROOT / "requirements.lock").read_text("utf-8"))
    assert {"pillow", "opencv-python-headless"} <= {line.partition("==")[0] for line in real.splitlines()}
    assert not set(module.OLDER) & {"pillow", "opencv-python-headless", "pillow-heif"}
