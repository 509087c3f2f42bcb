"""What a pack holds, told as RO-Crate 1.1 with the Process Run Crate profile: one action per executed notebook."""

import json
import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
NAME = "ro-crate-metadata.json"
TYPES = {
    ".ipynb": "application/x-ipynb+json",
    ".parquet": "application/vnd.apache.parquet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".lock": "text/plain",
    ".sqlite": "application/vnd.sqlite3",
    ".sha256": "text/plain",
}
MEANINGS = {
    "results.json": "every number of the report with its denominator, interval, method and grade",
    "run.json": "settings, versions, stages that ran, notes",
    "inputs.csv": "every file that was read, by digest",
    "environment.txt": "every installed package with its version",
    "requirements.lock": "the packages that a report is made with, with their digests",
    "replay.json": "seeds and tolerances within which the numbers come out again",
    "chain.json": "the digest of the run before this one",
    "beside.sha256": "digests of the run folder's own files",
    "registers.sqlite": "the paper trail: workflow, incidents, licences, assumptions, decisions, every version of each entry",
    "review/labels.sqlite": "what people decided on pairs, every decision and undo",
    "review/calibration.json": "how many planted copies were found",
    "README.txt": "what the pack proves and how to check it",
}


def metadata(
    files: Sequence[str],
    *,
    name: str,
    description: str,
    moment: datetime,
    version: str,
    agent: str = "",
    parameters: Mapping[str, object] | None = None,
) -> bytes:
    """Return `ro-crate-metadata.json` for the given files; equal arguments give equal bytes.

    Parameters
    ----------
    files
        Paths in the crate; each notebook among them becomes the result of an action on the tables.
    name, description, agent
        Of the crate: what it is, who answers for it.
    parameters
        The study's settings, as sections of names and values.
    """
    from rocrate.model import ContextEntity  # noqa: PLC0415  only where a pack is written
    from rocrate.rocrate import ROCrate  # noqa: PLC0415

    crate = ROCrate(version="1.1")
    crate.datePublished = moment
    crate.name, crate.description = name, description
    for file in files:
        suffix = file[file.rfind(".") :]
        kind = TYPES.get(suffix) or mimetypes.types_map.get(suffix, "text/plain")
        about = MEANINGS.get(file, file.rpartition("/")[2])
        crate.add_file(dest_path=file, properties={"name": about, "encodingFormat": kind})

    def told(identity: str, properties: dict[str, Any]) -> dict[str, str]:
        crate.add(ContextEntity(crate, identity, properties=properties))
        return {"@id": identity}

    crate.root_dataset["license"] = told(
        "#licence",
        {
            "@type": "CreativeWork",
            "name": "Terms of use",
            "description": "No licence is granted; ask the study's owner.",
        },
    )
    profile = told(
        PROFILE, {"@type": "CreativeWork", "name": "Process Run Crate", "version": PROFILE.rpartition("/")[2]}
    )
    crate.root_dataset["conformsTo"] = profile
    tool = told(
        "#dedupelab",
        {
            "@type": "SoftwareApplication",
            "name": "dedupelab",
            "softwareVersion": version,
        },
    )
    by = told("#owner", {"@type": "Organization", "name": agent}) if agent else None
    given = [
        told(f"#parameter-{place}", {"@type": "PropertyValue", "name": place, "value": value})
        for place, value in _flat(parameters or {})
    ]
    read = [{"@id": f} for f in files if f.startswith("tables/") or f in {"results.json", "inputs.csv"}]
    actions = []
    for notebook in (file for file in files if file.endswith(".ipynb")):
        title = notebook.rpartition("/")[2].removesuffix(".ipynb")
        done: dict[str, Any] = {
            "@type": "CreateAction",
            "name": f"Run of the notebook {title}",
            "description": f"papermill executed the notebook {title} on the tables and numbers of the run",
            "instrument": tool,
            "object": [*read, *given],
            "result": {"@id": notebook},
            "endTime": moment.isoformat(),
            "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        }
        actions.append(told(f"#run-{title}", done | ({"agent": by} if by else {})))
    if actions:
        crate.root_dataset["mentions"] = actions
    if by:
        crate.root_dataset["author"] = crate.root_dataset["publisher"] = by
    return (json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1) + "\n").encode()


def _flat(settings: Mapping[str, object], above: str = "") -> Iterable[tuple[str, str]]:
    """Yield each setting that has a value with its dotted name, values as text."""
    for name, value in settings.items():
        place = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{place}.")
        elif value not in (None, "", (), []):
            yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
