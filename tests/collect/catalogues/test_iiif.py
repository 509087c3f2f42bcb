"""IIIF manifests: a required statement is what its label says."""

import json

import pytest


def manifest(**more):
    painted = {
        "type": "Annotation",
        "motivation": "painting",
        "body": {"id": "https://i.example/a.jpg", "type": "Image"},
    }
    canvas = {"id": "c", "type": "Canvas", "items": [{"type": "AnnotationPage", "items": [painted]}]}
    base = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": "https://i.example/134/manifest",
        "type": "Manifest",
    }
    return json.dumps(base | {"items": [canvas]} | more)


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("Attribution", "credit"), ("Namensnennung", "credit"), ("Mention obligatoire", "credit"), ("署名", "credit"), ("Provider", "credit"), ("Bildrechte", "copyright_notice"), ("Terms of Use", "usage_terms"),
        ("Nutzungsbedingungen:", "usage_terms"), ("Conditions d'utilisation", "usage_terms"), ("Condiciones de uso", "usage_terms"), ("使用條款", "usage_terms"),
        ("利用条件", "usage_terms"), ("Rights", "copyright_notice"), ("Rechteinhaber", "copyright_owner"), ("Date", None), ("Notes", None),
    ],
)  # fmt: skip
def test_required_statements(told, label, column):
    """A credit, terms of use, a notice: by its label, in any language; an unknown label credits nobody."""
    said, _ = told(
        manifest(requiredStatement={"label": {"none": [label]}, "value": {"none": ["<b>W</b>ert"]}}), "a.jpg"
    )
    assert said["a.jpg"] == ({column: "Wert"} if column else {})


@pytest.mark.parametrize(
    ("moment", "stated", "date"),
    [
        ("1931-01-01T00:00:00Z", "c. 1931", "1931~"),
        ("1931-01-01T00:00:00Z", "", "1931"),
        ("1931-05-03T00:00:00Z", "", "1931-05-03"),
    ],
)
def test_the_date_of_a_calendar(told, moment, stated, date):
    """A navDate is filled up to a moment for moving about: a stated date goes first, and it is no more exact than what it was filled up from."""
    pairs = [{"label": {"en": ["Date"]}, "value": {"en": [stated]}}] if stated else []
    assert told(manifest(navDate=moment, metadata=pairs), "a.jpg")[0]["a.jpg"] == {"date_created": date}


def test_numbers_of_a_manifest_that_names_its_file(told):
    """Its identifier, or a number in its address, links no other picture."""
    more = {"metadata": [{"label": {"en": ["Identifier"]}, "value": {"none": ["134"]}}]}
    assert told(manifest(**more).replace("a.jpg", "gone.jpg"), "134.jpg")[0] == {}
