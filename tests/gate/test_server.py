"""`dedupelab serve` as a process of its own: what it answers, what it refuses, and that it stays up."""

import contextlib
import http.client
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command import invoke
from served_gate import BOUNDARY, TOKEN, Served, form, served

from dedupelab.gate.listening import PATIENCE
from dedupelab.settings.study_toml import load_config
from dedupelab.study.start import init

pytestmark = pytest.mark.slow
LIMITS = """
[serve]
megabytes = 8
files = 3
pixels = 4_000_000
seconds = 9.0
waiting = 6
keep = "kept"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory, photograph) -> Path:
    """Make a study of four photographs, and uploads."""
    home = tmp_path_factory.mktemp("serve")
    (home / "held").mkdir()
    for seed in range(4):
        photograph(seed, (640, 480)).save(home / "held" / f"{seed}.jpg", quality=92)
    photograph(0, (640, 480)).resize((400, 300)).save(home / "secret name.jpg", quality=85)
    photograph(7, (400, 300)).save(home / "new.png")
    photograph(5, (640, 480)).resize((300, 225)).save(home / "later.jpg")
    (home / "no.jpg").write_bytes(b"no picture")
    init(home / "study", {"own": str(home / "held")})
    toml = home / "study" / "study.toml"
    settings, _, _ = toml.read_text("utf-8").partition("[serve]")
    toml.write_text(settings + LIMITS, "utf-8")
    assert load_config(home / "study").serve.waiting == 6
    assert invoke("match", home / "study").exit_code == 0
    return home


@pytest.fixture(scope="module")
def service(home):
    with served(home / "study", home / "log") as running:
        yield running


HEAD = b"POST /screen HTTP/1.1\r\nHost: x\r\nX-Slow: "
BODY = f"POST /screen HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 1000\r\n\r\nabc".encode()


@pytest.fixture(scope="module", autouse=True)
def slow(service):
    """Begin a head and a body that do not end, while the tests go on; give what each gets, and after how many seconds."""

    def waited(start: bytes) -> tuple[bytes, float]:
        with service.socket() as client:
            client.sendall(start)
            began = time.monotonic()
            return b"".join(iter(lambda: client.recv(1000), b"")), time.monotonic() - began

    with ThreadPoolExecutor(2) as clients:
        yield [clients.submit(waited, start) for start in (HEAD, BODY)]


def lines(service: Served) -> list[dict[str, str]]:
    """Return what the log says of requests."""
    words = (line.split() for line in service.log.read_text("utf-8").splitlines())
    return [dict(word.split("=", 1) for word in each) for each in words if any("path=" in w for w in each)]


def test_answers_are_those_of_screen(service, home):
    """A form of three files and the command line say the same, but for where the file lay and how long it took."""
    files = [home / name for name in ("secret name.jpg", "new.png", "no.jpg")]
    reply = service.screen(*files)
    printed = invoke("screen", home / "study", *files, "--json")
    over_http, on_the_line = reply.json(), json.loads(printed.stdout)
    assert [each.pop("upload") for each in over_http["uploads"]] == [file.name for file in files]
    for each in (*over_http["uploads"], *on_the_line["uploads"]):
        each.pop("milliseconds")
        each.pop("upload", None)
    assert (reply.status, over_http) == (200, on_the_line)
    assert (over_http["held"], over_http["new"], over_http["unreadable"]) == (1, 1, 1)


def test_the_bytes_of_a_picture_are_a_request(service, home):
    """Raw bytes, with the type of a picture or none, are answered as a form of one file is."""
    data = (home / "secret name.jpg").read_bytes()
    for kind in ("image/jpeg", "application/octet-stream"):
        reply = service.ask("/screen", data, Content_Type=kind)
        assert (reply.status, reply.json()["uploads"][0]["said"]) == (200, "held")


def test_the_public_part(service):
    """Health, the description and its page need no token; they name no picture. The metrics need it."""
    assert service.ask("/health", token=None).json() == {"status": "ready", "pictures": 4, "described": 4}
    assert "/screen" in service.ask("/openapi.json", token=None).json()["paths"]
    page = service.ask("/docs", token=None)
    assert (page.status, page.headers["content-security-policy"].split(";")[0]) == (200, "default-src 'none'")
    assert service.ask("/metrics", token=None).status == 401
    told = service.ask("/metrics").body.decode()
    assert "dedupelab_pictures 4.0" in told
    assert 'dedupelab_requests_total{path="/health",status="200"} ' in told
    assert service.ask("/absent").status == 404


@pytest.mark.parametrize(
    ("status", "body", "headers", "token"),
    [
        (401, b"x", {}, None),
        (401, b"x", {}, "another token, quite"),
        (400, b"", {}, TOKEN),
        (400, b"no form", {"Content_Type": f"multipart/form-data; boundary={BOUNDARY}"}, TOKEN),
        (400, b"no form", {"Content_Type": "multipart/form-data"}, TOKEN),
        (415, b"<html>", {"Content_Type": "text/html"}, TOKEN),
        (415, b"no picture", {}, TOKEN),
        (413, bytes(9 << 20), {}, TOKEN),
        (405, None, {}, TOKEN),
    ],
)
def test_a_request_that_cannot_be_answered_has_its_status(service, status, body, headers, token):
    """No token or another, no form, no file, no picture, too much, another method: one status each, and a reason."""
    reply = service.ask("/screen", body, token, **headers)
    assert reply.status == status
    assert reply.json().get("error") or reply.json()["unreadable"] == 1
    if status == 401:
        assert reply.headers["www-authenticate"] == "Bearer"


def test_the_client_of_the_guide(service, home, tmp_path):
    """The client that data/guides/portal.md prints asks the service and prints what it said of each file."""
    guide = (Path(__file__).parents[2] / "data" / "guides" / "portal.md").read_text("utf-8")
    code = guide.split("```python\n")[1].split("```")[0]
    assert code.count("\n") <= 30
    (tmp_path / "client.py").write_text(code, "utf-8")
    files = [str(home / name) for name in ("secret name.jpg", "new.png", "no.jpg")]
    given = {"GATE": f"http://{service.host}:{service.port}", "DEDUPELAB_TOKEN": TOKEN}
    line = [sys.executable, str(tmp_path / "client.py"), *files]
    ran = subprocess.run(line, capture_output=True, text=True, check=True, env=os.environ | given)
    said = [told.removeprefix(f"{file} ") for told, file in zip(ran.stdout.splitlines(), files, strict=True)]
    assert [each.split()[0] for each in said] == ["held", "new", "unreadable"]


def test_a_form_is_whole_or_refused(service, home):
    """Cut off anywhere after its first file it is 400: the second would be lost without a word. Four files are too many, and so are forty."""
    whole = form(home / "secret name.jpg", home / "new.png")
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    for end in (len(whole) - 10, len(whole) // 2, 30):
        assert service.ask("/screen", whole[:end], Content_Type=kind).status == 400
    for many in (4, 5, 40):
        assert service.screen(*[home / "new.png"] * many).status == 413
    assert service.screen(*[home / "new.png"] * 3).status == 200


def test_a_bomb_is_no_picture(service, home):
    """A PNG of 2,500 megapixels in some hundred kilobytes, and one above the limit of [serve] pixels, are 415 with the reason."""

    def png(side: int) -> bytes:
        def part(kind: bytes, data: bytes) -> bytes:
            check = zlib.crc32(kind + data).to_bytes(4, "big")
            return len(data).to_bytes(4, "big") + kind + data + check

        head = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
        packed = zlib.compress(bytes((side // 8 + 1) * side))
        return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", packed) + part(b"IEND", b"")

    for side in (50_000, 2_400):
        reply = service.ask("/screen", png(side), Content_Type="image/png")
        assert (reply.status, reply.json()["unreadable"]) == (415, 1)
        assert "pixels" in reply.json()["uploads"][0]["reason"]
    assert service.ask("/screen", png(800), Content_Type="image/png").status == 200


def test_a_gigabyte_is_refused_in_no_memory(service):
    """Said beforehand or found while it comes, it is 413, the process grows by less than 100 MB, and the client gets to the reply."""
    before = service.resident()
    with service.socket() as client:
        head = f"POST /screen HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {1 << 30}\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    connection = service.connection()
    connection.putrequest("POST", "/screen")
    connection.putheader("Authorization", f"Bearer {TOKEN}")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    part, sent = bytes(1 << 20), 0
    try:
        for _ in range(1024):
            connection.send(b"%x\r\n%s\r\n" % (len(part), part))
            sent += 1
    except OSError:  # it has heard enough
        pass
    else:
        connection.send(b"0\r\n\r\n")
    assert sent > 8
    try:
        assert connection.getresponse().status == 413
    except (OSError, http.client.HTTPException):
        assert sent < 1024
    connection.close()
    assert service.resident() - before < 100
    assert [line["status"] for line in lines(service) if line["status"] == "413"][-2:] == ["413"] * 2
    assert service.ask("/health").status == 200


def test_slow_clients_are_let_go(service, slow):
    """A head that does not end is 408 after ten seconds, a body after [serve] seconds; both connections are closed."""
    for client, seconds in zip(slow, (PATIENCE, 9.0), strict=True):
        reply, waited = client.result()
        assert reply.startswith(b"HTTP/1.1 408 ")
        assert waited > seconds - 0.5
    assert service.ask("/health").status == 200


def test_half_an_upload_leaves_nothing(service):
    """A client that goes away in the middle is counted, its part is deleted, and the service goes on."""
    with service.socket() as client:
        start = f"POST /screen HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 100000\r\n\r\n"
        client.sendall(start.encode() + bytes(5000))
        time.sleep(0.5)
    until(lambda: lines(service)[-1]["status"] == "400")
    assert "dedupelab_under_way 0.0" in service.ask("/metrics").body.decode()
    with service.socket() as client:
        client.sendall(b"no HTTP at all\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")


def until(true, seconds: float = 60) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.2)


def test_two_hundred_at_once(service, home):
    """Each is answered or told to come back, at least as many as may wait are answered, and nothing breaks."""
    before = service.resident()
    with ThreadPoolExecutor(200) as clients:
        replies = list(clients.map(lambda _: service.screen(home / "secret name.jpg"), range(200)))
    counts = Counter(reply.status for reply in replies)
    assert set(counts) <= {200, 429}
    assert counts[200] >= 6
    assert counts[429]
    assert all(reply.headers["retry-after"] == "1" for reply in replies if reply.status == 429)
    assert service.resident() - before < 100
    assert service.screen(home / "secret name.jpg").json()["held"] == 1


def end_readers(service: Served) -> None:
    """Kill the processes that read uploads and hold the index open (Linux)."""
    children = Path(f"/proc/{service.process.pid}/task").glob("*/children")
    for child in " ".join(path.read_text("utf-8") for path in children).split():
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(int(child), signal.SIGKILL)


def test_a_study_that_is_gone_is_told_as_such(home, tmp_path):
    """Readers that died are started anew; where the study's tables were taken away meanwhile, it is 503 until they are there again."""
    shutil.copytree(home / "study", tmp_path / "study")
    toml = tmp_path / "study" / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace('"../held"', json.dumps(str(home / "held"))), "utf-8")
    with served(tmp_path / "study", tmp_path / "log") as running:
        end_readers(running)
        assert running.screen(home / "secret name.jpg").json()["held"] == 1
        (tmp_path / "study" / ".dedupelab").rename(tmp_path / "away")
        end_readers(running)
        reply = running.screen(home / "secret name.jpg")
        assert (reply.status, reply.headers["retry-after"]) == (503, "5")
        assert set(reply.json()) == {"error"}
        assert running.ask("/health").status == 200
        (tmp_path / "away").rename(tmp_path / "study" / ".dedupelab")
        assert running.screen(home / "secret name.jpg").json()["held"] == 1
        assert "Traceback" not in running.log.read_text("utf-8")


def test_more_clients_than_can_be_connected_are_turned_away(service):
    """Beside those that may wait 512 connections are kept; whoever comes then is told 503, and is answered once others have left."""
    with contextlib.ExitStack() as clients:
        for _ in range(6 + 512):
            clients.enter_context(service.socket())
        assert service.ask("/health").status == 503
    until(lambda: service.ask("/health").status == 200)


def test_the_log_names_no_file(service, home):
    """One line per request: path, status, time and counts; no name of a file, no path that a client made up, no token."""
    count = len(lines(service))
    service.screen(home / "secret name.jpg")
    service.ask("/secret?secret=1")
    # Lines of the test before may still be on their way.
    until(lambda: lines(service)[count:] and lines(service)[-1]["path"] == "other")
    asked, absent = lines(service)[-2:]
    assert (asked["path"], asked["status"], asked["files"], asked["held"]) == ("/screen", "200", "1", "1")
    assert (absent["path"], absent["status"]) == ("other", "404")
    text = service.log.read_text("utf-8")
    assert "secret" not in text
    assert TOKEN not in text
    assert "Traceback" not in text


def test_uploads_stay_only_where_asked(service, home):
    """[serve] keep names a folder: what was sent lies there under its digest, readable by its owner alone."""
    import hashlib

    kept = home / "study" / "kept"
    data = (home / "new.png").read_bytes()
    service.ask("/screen", data)
    assert (kept / hashlib.sha256(data).hexdigest()).read_bytes() == data
    assert kept.stat().st_mode & 0o777 == 0o700


def test_a_study_that_is_matched_anew_is_taken_up(service, home, photograph):
    """What was new becomes held, without a stop: every request meanwhile is answered."""
    assert service.screen(home / "later.jpg").json()["new"] == 1
    photograph(5, (640, 480)).save(home / "held" / "5.jpg")
    process = subprocess.Popen([sys.executable, "-m", "dedupelab", "match", str(home / "study")], stdout=subprocess.DEVNULL)  # fmt: skip
    seen = []
    until(lambda: seen.append(service.screen(home / "later.jpg")) or seen[-1].json()["held"] == 1, 180)
    assert process.wait(60) == 0
    assert {reply.status for reply in seen} == {200}
    assert service.ask("/health").json()["pictures"] == 5


def test_without_keep_nothing_stays(home, tmp_path):
    """After answers and refusals no file of the service is left in the folder for temporary files."""
    toml = home / "study" / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace('keep = "kept"', ""), "utf-8")
    (tmp_path / "temporary").mkdir()
    with served(home / "study", tmp_path / "log", TMPDIR=str(tmp_path / "temporary")) as running:
        assert running.screen(home / "new.png").status == 200
        assert running.screen(home / "no.jpg").status == 415
        assert running.ask("/screen", bytes(9 << 20)).status == 413
        until(lambda: not list((tmp_path / "temporary").glob("dedupelab-*")))
    assert running.process.returncode == 0


def test_it_ends_when_it_is_asked_to(home, tmp_path):
    """SIGTERM ends it with 0 and leaves no process; the token lies in the study, made once, and people are told where."""
    study = home / "study"
    line = [sys.executable, "-m", "dedupelab", "serve", str(study), "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "DEDUPELAB_TOKEN"}
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True) as process:  # fmt: skip
        told = list(itertools.islice(process.stdout, 3))
        token = (study / ".dedupelab" / "token").read_text("utf-8").strip()
        assert " pictures at http://127.0.0.1:" in told[0]
        assert told[1] == f"token: {study / '.dedupelab' / 'token'}\n"
        assert told[2].startswith("next: curl ")
        assert token not in "".join(told)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0
        assert token not in process.stderr.read()
    until(lambda: not alive(process.pid))


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_bad_call_is_one_line(home, tmp_path, monkeypatch):
    """A port that is taken, a study never scanned, a token too short, the extra not installed: exit code 1 and the remedy."""
    monkeypatch.setenv("DEDUPELAB_TOKEN", TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = invoke("serve", home / "study", "--port", port)
        assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
        assert f"expected to listen on 127.0.0.1 port {port}, got: " in told.stderr
    init(tmp_path / "unscanned", {"own": str(home / "held")})
    told = invoke("serve", tmp_path / "unscanned", "--port", "0")
    assert (told.exit_code, "run: dedupelab scan" in told.stderr) == (1, True)
    monkeypatch.setenv("DEDUPELAB_TOKEN", "short")
    told = invoke("serve", home / "study", "--port", "0")
    assert (told.exit_code, "16 characters" in told.stderr) == (1, True)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "dedupelab.gate.listening", raising=False)
    told = invoke("serve", home / "study")
    assert (told.exit_code, "pip install 'dedupelab[serve]'" in told.stderr) == (1, True)
