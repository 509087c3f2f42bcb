"""How commands speak: lines for people that end with what to do next, or one JSON object for machines."""

import json
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")


def say(as_json: bool, facts: dict[str, Any], *lines: str) -> None:  # noqa: FBT001  called by commands only
    """Print what was found, where it lies and what to do next; or the same as JSON."""
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in lines[:-1]:
        click.echo(line)
    click.echo(f"next: {lines[-1]}")
