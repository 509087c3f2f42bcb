"""`dedupelab serve`: the portal's gate over HTTP; the service itself is in `gate/service.py`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FILE, JSON, STUDY, say

if TYPE_CHECKING:
    from dedupelab.gate.server import Serving


@click.command("serve")
@STUDY
@click.option(
    "--host", default=None, help="Address to listen on; [serve] host if not given: this machine alone."
)
@click.option("--port", type=click.IntRange(0, 65_535), default=None,
              help="Port; [serve] port if not given. 0 takes a free one.")  # fmt: skip
@click.option("--token-file", type=FILE, default=None,
              help="File with the token clients must show; without it $DEDUPELAB_TOKEN, or one made and kept in STUDY.")  # fmt: skip
@JSON
def serve_command(
    study: Path, host: str | None, port: int | None, token_file: Path | None, *, as_json: bool
) -> None:
    """Answer uploads to STUDY's gate over HTTP: POST /screen, GET /health, /metrics, /openapi.json and /docs.

    Answers are those of dedupelab screen --json. Every request to /screen and /metrics must show the token (Authorization: Bearer
    TOKEN). What one request may hold is in [serve] of study.toml. A study that is matched anew is taken up without a stop. Runs
    until SIGTERM or Ctrl-C, then ends with 0; one line per request on standard error, without names of files.
    """
    from dedupelab.gate.server import serve
    from dedupelab.study.study import Study

    def ready(serving: Serving) -> None:
        say(
            as_json,
            {"address": serving.address, "token": serving.token, "pictures": serving.pictures},
            f"serving {serving.pictures:,} pictures at {serving.address} (what it answers: {serving.address}/docs)",
            f"token: {serving.token}",
            f"curl --oauth2-bearer TOKEN -F file=@upload.jpg {serving.address}/screen",
        )

    # The server ends requests under way first, and then passes the signal on.
    with contextlib.suppress(KeyboardInterrupt):
        serve(Study(study), host=host, port=port, token_file=token_file, ready=ready)
