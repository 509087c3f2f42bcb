"""Words in many languages: what a heading means, who makes a picture, which events make one."""

import pytest

from dedupelab.collect.catalogues.record import ROLES
from dedupelab.collect.catalogues.terms import (
    MEANINGS,
    is_current,
    is_former,
    is_making,
    makes,
    meaning,
    tongue,
)


@pytest.mark.parametrize(
    "term",
    ["Production", "Herstellung (Ereignis)", "Fotografische Aufnahme", "prise de vue", "Vervaardiging", "Toma fotográfica", "Ripresa fotografica", "拍攝", "创作", "撮影",
     "Fotografische Herstellung", "Anfertigung der Fotografie", "Réalisation photographique", "producción fotográfica", "拍摄活动"],
)  # fmt: skip
def test_events_of_making(term):
    """Making a picture is called this in seven languages."""
    assert is_making([], [term])


@pytest.mark.parametrize(
    "term", ["Reproduktion", "Reproduction", "Ausstellung", "Acquisition", "Restauro", "Publication", "展覽", "捐贈", "Collecting", "Digitalisierung", "Post-production", "Production of the print", "拍賣活動", "of the image", ""]
)  # fmt: skip
def test_events_that_make_nothing(term):
    """What is done with a picture afterwards makes none, even where its word holds that of making."""
    assert not is_making([], [term])


@pytest.mark.parametrize(
    ("identifier", "made"),
    [
        ("http://terminology.lido-schema.org/lido00007", True), ("lido00012", True), ("http://vocab.getty.edu/aat/300054225", True),
        ("http://terminology.lido-schema.org/eventType/creation", True), ("http://www.cidoc-crm.org/cidoc-crm/E12_Production", True),
        ("http://terminology.lido-schema.org/lido00010", False), ("http://terminology.lido-schema.org/eventType/acquisition", False),
    ],
)  # fmt: skip
def test_identifiers_of_events(identifier, made):
    """An identifier decides before any term; one of another event makes nothing."""
    assert is_making([identifier], []) == made


@pytest.mark.parametrize(
    "role",
    ["photographer.", "Fotografin", "Fotograf/in", "fotógrafo", "攝影師", "摄影者", "http://id.loc.gov/vocabulary/relators/pht", "600", "crol:photographer", "photographer, attributed", "Künstler (m)"],
)  # fmt: skip
def test_who_makes(role):
    """Terms and codes of photographers and artists, in many languages and with their punctuation."""
    assert makes([role])


@pytest.mark.parametrize(
    "role", ["collector", "former owner", "donor", "sitter", "publisher", "Auftraggeber", "retratado", "收藏者", "被攝者", "dnr", "col", "320", "printer", "fotografo ritrattista?!", ""]
)  # fmt: skip
def test_who_makes_nothing(role):
    """Who sits, pays, gives, collects or prints has not made the picture, nor has one in a role that nobody knows."""
    assert not makes([role])


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("AccessionNumber", "record_id"), ("CreditLine", "credit"), ("圖片編號", "record_id"), ("攝影師", "creator"), ("N° d'inventaire", "record_id"),
        ("Inv.-Nr.", "record_id"), ("Aufnahmedatum", "date_created"), ("Fecha de creación", "date_created"), ("撮影日", "date_created"), ("檔案名稱", "file"),
        ("Nome file", "file"), ("ImageURL", "address"), ("Ayants droit", "copyright_owner"), ("使用條款", "terms"), ("Légende", "caption"), ("館藏機構", "holding_institution"),
        ("photographer_zh", "creator"), ("Title / 題名", "title"), ("Artist (nationality)", None), ("ArtistDates", None), ("Wikidata_ID", None), ("Medium", None), ("", None),
        ("SourceFile", "file"), ("XMP-dc:Title", "title"), ("Accession No. 館藏編號", "record_id"), ("攝影者姓名", "creator"), ("Photographer nationality", None),
    ],
)  # fmt: skip
def test_headings(heading, target):
    """One word or several, in any letter case and language; a heading that only begins like a known one means nothing."""
    assert meaning(heading) == target


def test_required_statements():
    """A label of attribution means a credit only where something has to be shown."""
    assert (meaning("Attribution", required=True), meaning("Attribution")) == ("credit", None)
    assert meaning("Conditions of use:", required=True) == "terms"


def test_every_meaning_is_a_role():
    """Nothing is mapped to what no table has."""
    roles = {*ROLES, "rights", "terms", "address"}
    assert {target.rstrip("?") for target in MEANINGS.values()} <= roles


def test_holders_of_former_times():
    """Types of repositories, as words and as identifiers of the LIDO terminology."""
    assert all(
        map(
            is_former,
            (
                "former",
                "formerRepository",
                "frühere Sammlung",
                "Vorbesitzer",
                "http://terminology.lido-schema.org/lido00476",
            ),
        )
    )
    assert not any(map(is_former, ("current", "", "repository", "aktuell")))
    assert all(
        map(
            is_current,
            ("current", "aktuelle Institution", "現藏", "http://terminology.lido-schema.org/lido00475"),
        )
    )


def test_languages_of_headings():
    """What ends a heading may name its language."""
    assert [tongue(each) for each in ("Title (Chinese)", "title_en", "English", "Title")] == [
        "chinese",
        "en",
        "",
        "",
    ]
