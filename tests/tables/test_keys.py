"""What keys are made of: installed packages, read once, and the source of this one."""

import importlib.metadata

from dedupelab.tables import keys
from dedupelab.tables.keys import DECODERS, decoder_versions, package_digest, packages


def test_every_package_is_named_once_with_its_version():
    """As the installer's own list has them, and in an order that does not hang on letters' size."""
    found = packages()
    assert set(found) == {f"{each.name}=={each.version}" for each in importlib.metadata.distributions()}
    assert list(found) == sorted(set(found), key=str.lower)


def test_asked_again_nothing_is_read(monkeypatch):
    """Hundreds of files say which packages are there; a run asks for them more than once, and every stage for the decoders' versions."""
    first = packages(), decoder_versions()
    monkeypatch.setattr(importlib.metadata, "distributions", None)
    monkeypatch.setattr(importlib.metadata.Distribution, "from_name", None)
    assert (packages(), decoder_versions()) == first
    assert list(first[1]) == list(DECODERS)


def test_what_is_compiled_later_is_no_other_package(tmp_path, monkeypatch):
    """Python and numba keep compiled code beside the source, when it is first run; a changed source or catalogue is another package."""
    for name in ("tables/keys.py", "publish/locales/de.po"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(keys, "__file__", str(tmp_path / "tables" / "keys.py"))
    before = package_digest()
    (tmp_path / "tables" / "__pycache__").mkdir()
    for suffix in ("pyc", "nbi", "nbc"):
        (tmp_path / "tables" / "__pycache__" / f"keys.{suffix}").touch()
    assert package_digest() == before
    (tmp_path / "publish" / "locales" / "de.po").write_text("more", encoding="utf-8")
    assert package_digest() != before
