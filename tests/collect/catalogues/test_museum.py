"""LIDO and VRA: who made it, when, and who holds it today."""

import pytest

LIDO = '<lido:lidoWrap xmlns:lido="http://www.lido-schema.org">{}</lido:lidoWrap>'
RECORD = """<lido:lido><lido:lidoRecID lido:type="local">r</lido:lidoRecID><lido:descriptiveMetadata xml:lang="en"><lido:objectIdentificationWrap>
<lido:titleWrap><lido:titleSet><lido:appellationValue>Crane</lido:appellationValue></lido:titleSet></lido:titleWrap>{repositories}</lido:objectIdentificationWrap>
<lido:eventWrap>{events}</lido:eventWrap></lido:descriptiveMetadata><lido:administrativeMetadata xml:lang="en"><lido:resourceWrap><lido:resourceSet>
<lido:resourceRepresentation><lido:linkResource>https://m.example/a.jpg</lido:linkResource></lido:resourceRepresentation>{taken}</lido:resourceSet></lido:resourceWrap>
</lido:administrativeMetadata></lido:lido>"""
NAMED = "<lido:nameActorSet><lido:appellationValue{pref}>{name}</lido:appellationValue></lido:nameActorSet>"
VRA = '<vra xmlns="http://www.vraweb.org/vracore4.htm"><image id="i1" href="a.jpg">{}<titleSet><title>T</title></titleSet></image></vra>'


def event(term, names, date="1931", role=""):
    role = role and f"<lido:roleActor><lido:term>{role}</lido:term></lido:roleActor>"
    actor = (
        names
        and f"<lido:eventActor><lido:actorInRole><lido:actor>{names}</lido:actor>{role}</lido:actorInRole></lido:eventActor>"
    )
    dated = (
        date
        and f"<lido:eventDate><lido:date><lido:earliestDate>{date}</lido:earliestDate><lido:latestDate>{date}</lido:latestDate></lido:date></lido:eventDate>"
    )
    return f"<lido:eventSet><lido:event><lido:eventType><lido:term>{term}</lido:term></lido:eventType>{actor}{dated}</lido:event></lido:eventSet>"


def lido(*events, repositories="", taken=""):
    return LIDO.format(RECORD.format(events="".join(events), repositories=repositories, taken=taken))


def name(text, pref=""):
    return NAMED.format(name=text, pref=f' lido:pref="{pref}"' if pref else "")


@pytest.mark.parametrize(
    ("role", "creator"),
    [
        ("", "Ng"),
        ("Fotografe", "Ng"),
        ("攝影師", "Ng"),
        ("Sitter", None),
        ("Auftraggeber", None),
        ("Verlag", None),
    ],
)
def test_roles_in_an_event_of_making(told, role, creator):
    """Without a role an actor of making is the maker; with one it must be a maker's."""
    said, _ = told(lido(event("Herstellung", name("Ng"), role=role)), "a.jpg")
    assert said["a.jpg"].get("creator") == creator


def test_other_events_say_nothing(told):
    """Neither name nor date of an acquisition are the picture's."""
    said, found = told(lido(event("Erwerb", name("Auction"), "2003")), "a.jpg")
    assert said["a.jpg"] == {"title": "Crane"}
    assert found.crosswalk["lost"].sum() > 0


@pytest.mark.parametrize(
    "names",
    [
        name("Lee", "preferred") + name("Li", "alternate"),
        name("Li", "http://terminology.lido-schema.org/lido00170")
        + name("Lee", "http://terminology.lido-schema.org/lido00169"),
        name("Lee") + name("Li"),
    ],
)
def test_another_spelling_is_no_second_creator(told, names):
    """Alternates, and further names of the same actor, are kept as parallel."""
    said, found = told(lido(event("Production", names)), "a.jpg")
    assert said["a.jpg"]["creator"] == "Lee"
    assert '"creator":"Li"' in found.records["parallel"][0]


@pytest.mark.parametrize(
    ("shown", "creator"),
    [
        ("Hans Meier (Fotograf)", "Hans Meier"),
        ("Photographe : Hans Meier", "Hans Meier"),
        ("Hans Meier (1880-1950)", "Hans Meier (1880-1950)"),
        ("Kunstanstalt AG (Verlag)", None),
        ("Auftraggeber: Stadtarchiv", None),
    ],
)
def test_a_name_as_it_is_displayed(told, shown, creator):
    """Beside no name of its own it is the maker, without the words that say so; in another role it is nobody."""
    actor = f"<lido:eventActor><lido:displayActorInRole>{shown}</lido:displayActorInRole></lido:eventActor>"
    made = event("Herstellung", "").replace("</lido:eventType>", f"</lido:eventType>{actor}")
    assert told(lido(made), "a.jpg")[0]["a.jpg"].get("creator") == creator


@pytest.mark.parametrize("around", ["subjectSet/subject/subjectEvent", "relatedEventSet/relatedEvent"])
def test_events_of_something_else(told, around):
    """Who made what a picture shows, and when, is not said of the picture; nor what a related event says."""
    other = (
        event("Herstellung", name("Builder"), "1700")
        .removeprefix("<lido:eventSet>")
        .removesuffix("</lido:eventSet>")
    )
    for part in reversed(around.split("/")):
        other = f"<lido:{part}>{other}</lido:{part}>"
    said, _ = told(lido(event("Herstellung", name("Ng")), other), "a.jpg")
    assert said["a.jpg"] == {"title": "Crane", "creator": "Ng", "date_created": "1931"}


def test_who_is_only_said_to_be_the_maker(told):
    """A qualifier stays beside the name: the workshop of Ng is not Ng."""
    names = (
        name("Ng")
        + "</lido:actor><lido:attributionQualifierActor>workshop of</lido:attributionQualifierActor><lido:actor>"
    )
    said, _ = told(lido(event("Production", names)), "a.jpg")
    assert said["a.jpg"]["creator"] == "Ng (workshop of)"


def repository(kind, holder):
    return (
        f'<lido:repositorySet lido:type="{kind}"><lido:repositoryName><lido:legalBodyName><lido:appellationValue>{holder}'
        f"</lido:appellationValue></lido:legalBodyName></lido:repositoryName></lido:repositorySet>"
    )


@pytest.mark.parametrize(
    ("old", "new"), [("former", "current"), ("frühere Sammlung", ""), ("Leihgeber", "aktuell")]
)
def test_former_holders(told, old, new):
    """Who held it formerly does not hold it, and where one is called current only that one does."""
    wrap = f"<lido:repositoryWrap>{repository(old, 'Old')}{repository(new, 'New')}</lido:repositoryWrap>"
    _, found = told(lido(event("Production", name("Ng")), repositories=wrap), "a.jpg")
    assert found.records["holding_institution"].tolist() == ["New"]


TAKEN = "<lido:resourceDateTaken>{}</lido:resourceDateTaken>"


def test_the_day_a_picture_was_taken(told):
    """It counts where no event of making has a date, and never before one, however that is written."""
    taken = TAKEN.format("<lido:displayDate>um 1931</lido:displayDate>")
    assert (
        told(lido(event("Erwerb", "", "2003"), taken=taken), "a.jpg")[0]["a.jpg"]["date_created"] == "1931~"
    )
    scan = TAKEN.format(
        "<lido:date><lido:earliestDate>2012</lido:earliestDate><lido:latestDate>2012</lido:latestDate></lido:date>"
    )
    shown = event("Production", name("Ng"), "").replace(
        "</lido:event>",
        "<lido:eventDate><lido:displayDate>1930s</lido:displayDate></lido:eventDate></lido:event>",
    )
    assert told(lido(shown, taken=scan), "a.jpg")[0]["a.jpg"]["date_created"] == "193X"


@pytest.mark.parametrize(
    ("dates", "edtf"),
    [
        (
            "<date type='creation'><earliestDate><date circa='true'>1931</date></earliestDate><latestDate><date>1935</date></latestDate></date>",
            "1931~/1935",
        ),
        ("<date type='creation'><earliestDate>1931</earliestDate></date>", "1931/.."),
        ("<date type='restoration'><earliestDate><date>1999</date></earliestDate></date>", None),
        ("<display>ca. 1931</display>", "1931~"),
    ],
)
def test_dates_of_vra(told, dates, edtf):
    """Dates of making alone, with text or elements inside, and marked where they are about right."""
    said, _ = told(VRA.format(f"<dateSet>{dates}</dateSet>"), "a.jpg")
    assert said["a.jpg"].get("date_created") == edtf


def test_attributions_of_vra(told):
    """Who is only said to be the maker is named with these words."""
    agent = "<agentSet><agent><attribution>attributed to</attribution><name>Lee</name><role>photographer</role></agent></agentSet>"
    assert told(VRA.format(agent), "a.jpg")[0]["a.jpg"]["creator"] == "Lee (attributed to)"


def test_numbers_of_authorities_link_nothing(told):
    """The refid beside a name is a number in a file of names, not the picture's."""
    text = VRA.replace(' href="a.jpg"', "").format(
        '<agentSet><agent><name refid="301" vocab="ulan">Lee</name></agent></agentSet>'
    )
    assert told(text, "301.jpg")[0] == {}
