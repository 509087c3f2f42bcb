"""The second environment of `make replay` holds what decodes and lets the rest be older."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parent / "replay.py"
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
    spec = importlib.util.spec_from_file_location("replay_campaign", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.constraints(LOCK, {"numpy": ">=2.2,<2.4"})
    assert found.splitlines() == [
        "pillow==13.0.0",
        "colorama==0.4.6 ; sys_platform == 'win32'",
        "numpy>=2.2,<2.4",
    ]
    real = module.constraints((SCRIPT.parents[2] / "requirements.lock").read_text("utf-8"))
    assert {"pillow", "opencv-python-headless"} <= {line.partition("==")[0] for line in real.splitlines()}
    assert not set(module.OLDER) & {"pillow", "opencv-python-headless", "pillow-heif"}
