"""OAI-PMH against a repository on this machine: pages, tokens, failures, and what is kept."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from whole_catalogues import read_catalogue

from dedupelab.collect.catalogues import harvest
from dedupelab.collect.catalogues.harvest import fetched
from dedupelab.collect.catalogues.sources import opened
from dedupelab.errors import CatalogueError

PAGES = 3


def page(number, token=""):
    record = f"""<record><header><identifier>oai:x:{number}</identifier></header><metadata>
    <oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier>{number}.jpg</dc:identifier></oai_dc:dc></metadata></record>"""
    more = f"<resumptionToken>{token}</resumptionToken>" if token is not None else ""
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{record}{more}</ListRecords></OAI-PMH>'


class Repository:
    """What the server answers: a list of (status, headers, body) that go before the pages, and every request it saw."""

    def __init__(self):
        self.first = []
        self.asked = []

    def answer(self, path):
        query = parse_qs(urlsplit(path).query)
        self.asked.append(path)
        if self.first:
            return self.first.pop(0)
        if urlsplit(path).path == "/file.xml":
            return 200, {}, page(0)
        token = query.get("resumptionToken", [""])[0]
        if token and set(query) != {"verb", "resumptionToken"}:
            return (
                200,
                {},
                '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badArgument">exclusive</error></OAI-PMH>',
            )
        number = int(token.partition("/")[2] or 0)
        return 200, {}, page(number, f"t&k/{number + 1}".replace("&", "&amp;") if number + 1 < PAGES else "")


@pytest.fixture
def repository(monkeypatch):
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = repository.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            data = body.encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args):
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    repository.base = f"http://127.0.0.1:{server.server_port}"
    repository.address = f"{repository.base}/oai?verb=ListRecords&metadataPrefix=oai_dc&set=photographs"
    yield repository
    server.shutdown()
    thread.join()
    server.server_close()


def test_all_pages_are_harvested_once(repository, tmp_path):
    """Tokens are followed to the end, alone beside the verb; a second call asks nothing, a refresh asks again."""
    told = []
    files = fetched(repository.address, tmp_path, progress=lambda *counts: told.append(counts))
    assert [f.name for f in files] == [f"page-{n:06d}.xml" for n in range(PAGES)]
    assert told == [(1, 2), (2, 3), (3, 3)]
    assert len(repository.asked) == PAGES
    kind, records = read_catalogue(opened(repository.address, tmp_path))
    assert kind == "oai-dc"
    assert [(r.record_id, r.files) for r in records] == [(f"oai:x:{n}", (f"{n}.jpg",)) for n in range(PAGES)]
    assert len(repository.asked) == PAGES
    fetched(repository.address, tmp_path, refresh=True)
    assert len(repository.asked) == 2 * PAGES


def test_a_busy_repository_is_asked_again(repository, tmp_path):
    """Status 503 with Retry-After, 500 and an empty answer: each is waited for, longer each time or as long as asked."""
    repository.first = [(503, {"Retry-After": "7"}, ""), (500, {}, "")]
    waits = []
    assert len(fetched(repository.address, tmp_path, sleep=waits.append)) == PAGES
    assert waits == [7.0, 14.0]


def test_an_interrupted_harvest_goes_on(repository, tmp_path):
    """What has arrived is kept; the next attempt goes on with the last token."""
    asked = repository.address
    first = repository.answer

    def breaks(path):
        return (500, {}, "") if "k%2F2" in path else first(path)

    repository.answer = breaks
    with pytest.raises(
        CatalogueError, match="status 500 after 5 attempts; check the address or run again later"
    ):
        fetched(asked, tmp_path, sleep=lambda _: None)
    repository.answer = first
    before = len(repository.asked)
    assert len(fetched(asked, tmp_path)) == PAGES
    assert len(repository.asked) == before + 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, "", "status 404"),
        (200, "<html></html>", "other XML"),
        (200, "no XML", "no well-formed XML"),
        (200, '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="cannotDisseminateFormat">no such format</error></OAI-PMH>', "cannotDisseminateFormat: no such format"),
    ],
)  # fmt: skip
def test_answers_that_are_no_records(repository, tmp_path, status, body, words):
    """Each is one line, and nothing is kept as if it were a catalogue."""
    repository.first = [(status, {}, body)]
    with pytest.raises(CatalogueError, match=words):
        fetched(repository.address, tmp_path, sleep=lambda _: None)
    assert len(fetched(repository.address, tmp_path)) == PAGES


def test_a_repository_without_end(repository, tmp_path):
    """A token that comes again would go on for ever: it is refused."""
    repository.answer = lambda _path: (200, {}, page(0, "same"))
    with pytest.raises(CatalogueError, match="one resumption token twice"):
        fetched(repository.address, tmp_path)


def test_a_token_that_has_expired(repository, tmp_path):
    """An interrupted harvest whose token the repository no longer knows says how to begin again, and that works."""
    first = repository.answer
    repository.answer = lambda path: (500, {}, "") if "resumptionToken" in path else first(path)
    with pytest.raises(CatalogueError, match="status 500"):
        fetched(repository.address, tmp_path, sleep=lambda _: None)
    repository.answer = first
    expired = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badResumptionToken">expired</error></OAI-PMH>'
    repository.first = [(200, {}, expired)]
    with pytest.raises(CatalogueError, match="begin again: dedupelab scan STUDY --refresh"):
        fetched(repository.address, tmp_path)
    assert len(fetched(repository.address, tmp_path, refresh=True)) == PAGES


def test_nothing_matches(repository, tmp_path):
    """A repository without records for the request is an empty catalogue, not an error."""
    empty = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch">none</error></OAI-PMH>'
    repository.first = [(200, {}, empty)]
    kind, records = read_catalogue(opened(repository.address, tmp_path))
    assert (kind, list(records)) == ("oai-dc", [])


def test_pages_have_a_limit(repository, tmp_path, monkeypatch):
    """An answer that does not end is refused."""
    monkeypatch.setattr(harvest, "LARGEST_PAGE", 100)
    with pytest.raises(CatalogueError, match="harvest by set"):
        fetched(repository.address, tmp_path)


def test_remote_files(repository, tmp_path, monkeypatch):
    """A catalogue at any address fsspec understands is fetched once."""
    import fsspec

    system = fsspec.filesystem("memory")
    system.pipe("/catalogues/dc.xml", page(0).encode())
    _, records = read_catalogue(opened("memory://catalogues/dc.xml", tmp_path))
    assert [r.files for r in records] == [("0.jpg",)]
    system.rm("/catalogues/dc.xml")
    assert opened("memory://catalogues/dc.xml", tmp_path).digest
    with pytest.raises(CatalogueError, match="expected a catalogue at memory://catalogues/gone"):
        opened("memory://catalogues/gone.xml", tmp_path)


def test_nobody_there(tmp_path, monkeypatch):
    """An address where nothing listens is one line after the attempts."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(CatalogueError, match="after 5 attempts"):
        fetched(
            "http://127.0.0.1:9/oai?verb=ListRecords&metadataPrefix=oai_dc", tmp_path, sleep=lambda _: None
        )
