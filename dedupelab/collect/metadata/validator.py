"""The program that checks Content Credentials: c2pa-python in a process of its own, answering line by line.

A request is a line of JSON (`bytes`, how many bytes of picture follow; `anchors`, certificates in PEM) and the picture;
an answer is a line of JSON (`state` and `store`, or `error` and `message`). It is run by its file name, needs nothing of
this package, and asks the network for nothing.
"""

import io
import json
import sys
from typing import IO, Any


def main(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more requests."""
    import c2pa  # noqa: PLC0415 - optional, and this module is imported by tools that list all modules

    while head := requests.readline():
        request = json.loads(head)
        answer = validate(c2pa, requests.read(request["bytes"]), request["anchors"])
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def validate(library: Any, data: bytes, anchors: str) -> dict[str, object]:  # noqa: ANN401 - a module without types
    """Return what the library says of one picture's Content Credentials."""
    verify = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}
    trust = {"trust": {"trust_anchors": anchors}} if anchors else {}
    try:
        with (
            library.Context.from_dict({"version": 1, "verify": verify, **trust}) as context,
            # The library finds the format in the bytes.
            library.Reader("", io.BytesIO(data), context=context) as reader,
        ):
            return {"state": reader.get_validation_state(), "store": json.loads(reader.json())}
    except Exception as problem:  # noqa: BLE001 - whatever the library raises is its answer
        return {"error": type(problem).__name__.removeprefix("_C2pa"), "message": str(problem)[:300]}


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
