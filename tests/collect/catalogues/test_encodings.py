"""Encodings by evidence: names are never made up without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.catalogues.encodings import guess, sniff_encoding

TEXTS = {
    "big5hkscs": "檔名,標題,攝影師\nb1.jpg,香港仔漁船與避風塘,何照明\nb2.jpg,灣仔碼頭清晨啲嘅,區美蓮\n",
    "gb18030": "文件名,标题,摄影师\ns1.jpg,香港仔的渔船与避风塘,何照明\ns2.jpg,湾仔码头清晨,区美莲\n",
    "cp932": "ファイル名,題名\nj1.jpg,霧の中のフェリー,森川薫\nj2.jpg,港内帆船,田辺雪\n",
    "cp949": "파일명,제목\nk1.jpg,부산항의 아침 풍경,김영수\nk2.jpg,남대문 시장의 야경,박지민\n",
    "cp1252": "Datei;Titel;Fotograf\nl1.jpg;Fähre am Morgen;Jörg Özkan\nl2.jpg;Häfen und Möwen;Frédéric Lemaître\n",
    "cp1251": "file;name\nr1.jpg;Порт утром;Иван Петров\nr2.jpg;Рыбаки у причала;Анна Смирнова\n",
    "cp1250": "file;name\np1.jpg;Łódź i Kraków;Stanisław Wójcik\np2.jpg;Žižkov nádraží;Jiří Novák\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_short_lists_in_every_encoding(tmp_path, name):
    """Two rows are evidence enough; that it is a guess is told with the setting that settles it."""
    (tmp_path / "list.csv").write_bytes(TEXTS[name].encode(name))
    found = sniff_encoding(tmp_path / "list.csv")
    assert found.name == name
    assert "encoding = " in found.told


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode(tmp_path, name):
    """It is certain, but for UTF-16 without a mark."""
    (tmp_path / "list.csv").write_bytes(TEXTS["gb18030"].encode(name))
    found = sniff_encoding(tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_bytes().decode(found.name).lstrip("\ufeff") == TEXTS["gb18030"]
    assert bool(found.told) == (name == "utf-16-le")


WORDS = {
    "big5hkscs": "香港仔漁船與避風塘灣仔碼頭清晨上環石板街的早市天星小輪在霧中靠岸油麻地果欄夜景",
    "gb18030": "香港仔的渔船与避风塘湾仔码头清晨上环石板街的早市天星小轮在雾中靠岸油麻地果栏夜景",
    "cp932": "霧の中のスターフェリー香港の朝市とトラム横浜港船着場東京駅前石段街港内帆船",
}


@given(st.sampled_from(sorted(WORDS)), st.data())
def test_a_wrong_reading_is_never_without_a_doubt(name, data):
    """Whatever twelve characters and more a list holds: it is read as written, or said to be in doubt."""
    words = data.draw(
        st.lists(st.text(st.sampled_from(WORDS[name]), min_size=2, max_size=8), min_size=6, max_size=12)
    )
    text = "\n".join(f"{n}.jpg,{word}" for n, word in enumerate(words))
    found = guess(text.encode(name))
    assert found.rivals or text.encode(name).decode(found.name) == text


MODS = '{}<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>{}</title></titleInfo><location><url>https://x.example/a.jpg</url></location></mods>'


@pytest.mark.parametrize(
    ("said", "written", "title"),
    [
        ("GB2312", "gb18030", "朱镕基 港口"),
        ("ISO-8859-1", "cp1252", "Jörg – „Hafen“"),
        ("Shift_JIS", "cp932", "髙橋 ①"),
        ("ISO-8859-1", "utf-8", "Jörg 港"),
        ("UTF-8", "cp1252", "Jörg Müller, Fähre am Morgen"),
        ("", "utf-16-le", "港"),
        ("", "gb18030", "香港仔的渔船与避风塘，湾仔码头清晨"),
        ("ISO-2022-JP", "iso-2022-jp", "横浜"),
        ("UTF-16", "utf-16", "港"),
    ],
)
def test_what_xml_says_of_its_encoding(told, said, written, title):
    """A name that a larger set contains stands for that; octets that are UTF-8, or are not, go before what is said."""
    declared = said and f'<?xml version="1.0" encoding="{said}"?>'
    found, _ = told(MODS.format(declared, title).encode(written), "a.jpg")
    assert found["a.jpg"] == {"title": title}


def test_a_setting_goes_before_what_xml_says(told):
    """By the name that study.toml has it."""
    content = MODS.format('<?xml version="1.0" encoding="UTF-8"?>', "横浜港").encode("euc_jp")
    assert told(content, "a.jpg", encoding="euc_jp")[0]["a.jpg"] == {"title": "横浜港"}


def test_a_line_in_another_encoding(told):
    """In a table of UTF-8 it costs itself, and is said; the others keep their names."""
    text = "".join(f"a{n}.jpg,港口,Jörg\n" for n in range(5)).encode()
    found, joined = told(
        b"File,Title,Photographer\n" + text + "z.jpg,Fähre,Özkan\n".encode("cp1252"), "a0.jpg", "z.jpg"
    )
    assert found == {"a0.jpg": {"title": "港口", "creator": "Jörg"}}
    assert joined.records["outcome"].tolist().count("unusable") == 1
    assert "some lines" in joined.files["note"][0]


LISTED = {
    "de": "Datei;Titel;Fotograf\na.jpg;Fähre im Hafen;Jörg Müller\nb.jpg;Größe und Maße;über die Brücke\n",
    "fr": "Fichier;Titre;Auteur\na.jpg;Le château à l'aube;André Béraud\nb.jpg;Vue de la forêt, été;Hélène\n",
    "es": "File;Title;Photographer\na.jpg;Pier;José\n",
    "ru": "File;Title;Photographer\na.jpg;Гавань утром;Иван Петров\nb.jpg;Корабль выходит;Анна Смирнова\n",
    "el": "File;Title;Photographer\na.jpg;Λιμάνι το πρωί;Γιώργος Νίκου\n",
    "th": "File;Title;Photographer\na.jpg;ท่าเรือยามเช้า;สมชาย ใจดี\n",
    "ja": "ファイル名;題名;撮影者\na.jpg;港の朝;山田太郎\n",
    "zh": "文件名;标题;摄影师\na.jpg;湾仔码头;陈小明\n",
}


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("mac_roman", "de"), ("cp850", "de"), ("mac_roman", "fr"), ("cp850", "fr"), ("mac_roman", "es"), ("cp850", "es"), ("cp1252", "de"), ("cp1252", "fr"), ("cp1252", "es"),
        ("koi8_r", "ru"), ("cp866", "ru"), ("cp1251", "ru"), ("cp1253", "el"), ("tis_620", "th"), ("iso2022_jp", "ja"), ("euc_jp", "ja"), ("hz", "zh"),
    ],
)  # fmt: skip
def test_older_sets(tmp_path, name, language):
    """Those of DOS, the old Macintosh and mail are known by the letters they give, and said to be a guess."""
    (tmp_path / "list.csv").write_bytes(LISTED[language].encode(name))
    found = sniff_encoding(tmp_path / "list.csv")
    assert found.told
    assert LISTED[language].encode(name).decode(found.name) == LISTED[language]


def test_letters_of_another_alphabet_between_latin_ones():
    """`J攔g M乴ler` is no Chinese; Turkish read as Western is in doubt."""
    assert guess("Fähre im Hafen;Jörg Müller".encode("cp437")).name not in {"gb18030", "big5hkscs", "cp949"}
    assert guess("İskele sabah;Şükrü Ağaoğlu;Gemi kalkıyor".encode("cp1254")).rivals
