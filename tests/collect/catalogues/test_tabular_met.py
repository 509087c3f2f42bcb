"""Tables as they are kept in many languages: headings, dividers, rows that are not as they should be."""

import pytest
from catalogue_cases import Cases, differences

CASES = Cases("t.csv")
case = CASES.add


def csvx(heads, row, sep=",", enc="utf-8", quoted=False):
    """Return a table of one row; headings and cells may be given with bars between them."""

    def written(cells):
        cells = cells.split("|") if isinstance(cells, str) else cells
        return sep.join(
            f'"{c.replace(chr(34), 2 * chr(34))}"' if quoted or {sep, "\n", chr(34)} & set(c) else c
            for c in cells
        )

    return f"{written(heads)}\r\n{written(row)}\r\n".encode(enc)


row = ["hk-1.jpg", "HK-1", "Pier", "Doe, Jane", "May 1931", "X Archive", "© Doe", "A pier."]
W = {
    "files": ["hk-1.jpg"],
    "id": "HK-1",
    "title": "Pier",
    "creator": "Doe, Jane",
    "date_created": "1931-05",
    "caption": "A pier.",
}
HEADINGS = """
en: File name | Accession number | Title | Photographer | Date taken | Credit line | Copyright notice | Caption
en camel: FileName | AccessionNumber | ObjectTitle | PhotographerName | DateTaken | CreditLine | CopyrightNotice | Description
en snake: image_file | inventory_no | title_en | artist_name | date_of_photo | credit_line | copyright | caption_text
de: Dateiname | Inventar-Nr. | Titel | Fotograf/in | Aufnahmedatum | Bildnachweis | Urheberrecht | Beschreibung
de2: Bilddatei | Inventarnummer | Bildtitel | Fotograf*in | Datierung | Credit | Copyright | Bildbeschreibung
de3: Datei | Signatur | Titel | Urheber | Datum der Aufnahme | Bildnachweis | Copyright-Vermerk | Bildunterschrift
fr: Nom du fichier | N° d’inventaire | Titre | Photographe | Date de prise de vue | Crédit photo | Mention de copyright | Légende
fr2: Fichier | Cote | Titre | Auteur | Date | Crédit photographique | Droits d'auteur | Description
es: Nombre de archivo | Número de inventario | Título | Fotógrafo | Fecha | Crédito | Derechos de autor | Descripción
es2: Archivo | N.º de inventario | Título | Autor/a | Fecha de toma | Línea de crédito | Copyright | Pie de foto
it: Nome file | Numero di inventario | Titolo | Fotografo | Data di scatto | Crediti | Copyright | Didascalia
pt: Nome do arquivo | Número de inventário | Título | Fotógrafo | Data | Crédito | Copyright | Legenda
pt2: Ficheiro | N.º de inventário | Título | Autor | Data de produção | Créditos | Direitos autorais | Descrição
nl: Bestandsnaam | Inventarisnummer | Titel | Fotograaf | Datum opname | Credit | Copyright | Beschrijving
zh-hk: 檔案名稱 | 藏品編號 | 題名 | 攝影師 | 拍攝日期 | 鳴謝 | 版權 | 說明
zh-hk2: 圖片檔名 | 編號 | 標題 | 攝影者 | 日期 | 圖片來源 | 版權聲明 | 圖片說明
zh-cn: 文件名 | 馆藏编号 | 题名 | 摄影师 | 拍摄时间 | 署名 | 版权 | 说明
zh bi: 檔案名稱 File name | 編號 No. | 標題 Title | 攝影 Photographer | 日期 Date | 鳴謝 Credit | 版權 Copyright | 說明 Caption
zh bi2: File Name 檔名 | Object No. 藏品編號 | Title 名稱 | Photographer(攝影師) | Date (日期) | Credit Line | Copyright | Description / 說明
ja: ファイル名 | 資料番号 | タイトル | 撮影者 | 撮影年月日 | クレジット | 著作権 | 説明
ja2: 画像ファイル名 | 登録番号 | 資料名 | 撮影者名 | 撮影日 | クレジット | 著作権 | 解説
ko: 파일명 | 소장번호 | 제목 | 촬영자 | 촬영일 | 크레딧 | 저작권 | 설명
ko2: 파일이름 | 등록번호 | 명칭 | 작가 | 제작연도 | 출처 | 저작권 | 내용
sv: Filnamn | Inventarienummer | Titel | Fotograf | Datum | Credit | Upphovsrätt | Beskrivning
ru: Имя файла | Инвентарный номер | Название | Фотограф | Дата | Кредит | Копирайт | Описание
pl: Nazwa pliku | Numer inwentarzowy | Tytuł | Fotograf | Data | Credit | Copyright | Opis
iptc: Filename | Job Identifier | Headline | By-line | Date Created | Credit Line | Copyright Notice | Caption/Abstract
exiftool: SourceFile | XMP-dc:Identifier | XMP-dc:Title | XMP-dc:Creator | EXIF:DateTimeOriginal | XMP-photoshop:Credit | XMP-dc:Rights | XMP-dc:Description
hint: File name (with extension) | ID | Title * | Photographer (Last, First) | Date (YYYY or YYYY-MM-DD) | Credit line | Copyright | Caption (EN)
"""
"""What the columns of `row` are called in each place that such lists come from."""
H = {
    kind: heads.split(" | ")
    for kind, heads in (line.split(": ", 1) for line in HEADINGS.strip().splitlines())
}
for k, h in H.items():
    w = dict(W)
    if k in ("iptc", "exiftool"):
        w.pop("id")
    case("headings " + k, csvx(h, row), **w)
h = H["en"]
case("semicolon", csvx(h, row, ";"), **W)
case("tab", csvx(h, row, "\t"), name="t.tsv", **W)
case("pipe", csvx(h, row, "|"), name="t.txt", **W)
case("sep= line", b"sep=;\r\n" + csvx(h, row, ";"), **W)
case(
    "quoted newline",
    csvx(h, [*row[:7], 'A pier.\nAt dawn; "quiet".'], quoted=True),
    **W | {"caption": 'A pier. At dawn; "quiet".'},
)
case("utf16", csvx(h, row, "\t", "utf-16"), name="t.txt", **W)
case("utf16be nobom", csvx(h, row, "\t", "utf-16-be"), name="t.txt", **W)
case("bom utf8", csvx(h, row, enc="utf-8-sig"), **W)
case("utf-32", csvx(h, row, enc="utf-32"), **W)
case("cr only", csvx(h, row).replace(b"\r\n", b"\r"), **W)
case(
    "html caption",
    csvx(h, [*row[:7], "<p>A &quot;pier&quot;&nbsp;&amp; quay<br>at <i>dawn</i></p>"]),
    **W | {"caption": 'A "pier" & quay at dawn'},
)
case(
    "rtl marks",
    csvx(h, "\u200ehk-1.jpg\u200e|\u202aHK-1\u202c|Pier|\u200fDoe, Jane|May 1931|X|© D|A pier."),
    **W,
)
case("nbsp", csvx(h, "hk-1.jpg\xa0|HK-1|Pier\u3000|Doe,\xa0Jane|May\xa01931|X|© D|A pier."), **W)
case(
    "dup headings",
    csvx("File name|Title|Title|Photographer|Photographer", "a.jpg|Pier|Quai|Doe, Jane|Roe, R."),
    files=["a.jpg"],
    creator=lambda g: g == "Doe, Jane; Roe, R.",
    title=("Pier; Quai", "Pier"),
)
case(
    "collector column is not creator",
    csvx(
        "File name|Photographer|Collector|Donor|Former owner|Depicted|Editor|Scanned by|Printed by|Publisher|Cataloguer|Photographer dates|Photographer nationality|Artist bio",
        "a.jpg|Doe, Jane|C|D|F|P|E|S|R|U|T|1901-1980|British|x",
    ),
    creator="Doe, Jane",
)
case(
    "other dates are not dates",
    csvx(
        "File name|Date|Date acquired|Date scanned|Date modified|Birth date|Acquisition date|Accession year|Upload date|Print date|Publication date",
        "a.jpg|1931|1999|2011|2012|1901|1999|1999|2013|1970|1950",
    ),
    date_created="1931",
)
case(
    "only other dates",
    csvx("File name|Acquisition date|Digitisation date|Record date", "a.jpg|1999|2011|2012"),
    date_created=None,
)
case(
    "Erwerbungsdatum",
    csvx("Datei|Erwerbungsdatum|Scandatum|Änderungsdatum", "a.jpg|1999|2011|2012"),
    date_created=None,
)
case(
    "取得日期",
    csvx("檔名|取得日期|掃描日期|入藏日期|建檔日期|更新日期", "a.jpg|1999|2011|2012|2012|2013"),
    date_created=None,
)
case("捐贈者", csvx("檔名|捐贈者|收藏者|編目員|被攝者", "a.jpg|陳|李|何|王"), creator=None)
case("units", csvx("File name|Title|Height (cm)|Width (cm)|Size (MB)", "a.jpg|Pier|20|25|3.2"), title="Pier")
case(
    "creator with role",
    csvx("File name|Artist", "a.jpg|Jane Doe (collector)"),
    creator=(None, "Jane Doe (collector)"),
)
case(
    "begin end dates",
    csvx(
        "objectID|isHighlight|accessionNumber|title|artistDisplayName|objectDate|objectBeginDate|objectEndDate|creditLine|primaryImage",
        "12|False|1999.5.1|Pier|Jane Doe|ca. 1931|1926|1936|Gift of X|https://x.example/1999-5-1.jpg",
    ),
    creator="Jane Doe",
    title="Pier",
    date_created="1931~",
    credit="Gift of X",
    files=["https://x.example/1999-5-1.jpg"],
    ids=lambda g: "1999.5.1" in g,
)
case("start/end year", csvx("File|Start year|End year", "a.jpg|1930|1935"), date_created=("1930/1935", None))
case(
    "Datierung von bis",
    csvx("Datei|Datierung von|Datierung bis", "a.jpg|1930|1935"),
    date_created=("1930/1935", None),
)
case(
    "year month day columns",
    csvx("File|Year|Month|Day", "a.jpg|1930|5|3"),
    date_created=("1930", "1930-05-03"),
)
case(
    "two header rows",
    b"Harbour Archive export,,\r\n2020-01-01,,\r\n\r\nFile name,Title,Photographer\r\na.jpg,Pier,Doe\r\n",
    n=1,
    creator="Doe",
)
case("trailing empty columns", b"File name,Title,,\r\na.jpg,Pier,,\r\nb.jpg,Quay,,,\r\n", n=2, title="Pier")
case("short row", b"File name,Title,Photographer\r\na.jpg\r\n", n=1, files=["a.jpg"], creator=None)
case(
    "backslash path",
    csvx("Path|Title", "D:\\scans\\2011\\hk-1.TIF|Pier"),
    files=["D:\\scans\\2011\\hk-1.TIF"],
)
case(
    "omeka",
    csvx(
        "item:id|dcterms:title|dcterms:creator|dcterms:created|dcterms:rights|media",
        "5|Pier|Doe, Jane|1931|© Doe|https://x.example/files/original/ab12.jpg",
    ),
    title="Pier",
    creator="Doe, Jane",
    date_created="1931",
    copyright_notice="© Doe",
)
case(
    "dc.title",
    csvx(
        "dc.identifier|dc.title[en]|dc.title[zh-HK]|dc.contributor.photographer|dc.date.created|dc.date.accessioned|dc.date.issued",
        "hk-1|Pier|碼頭|Doe, Jane|1931|2011-05-01|1950",
    ),
    title="Pier",
    creator="Doe, Jane",
    date_created="1931",
)
case(
    "dc.date.issued alone",
    csvx("dc.identifier|dc.date.accessioned|dc.date.available", "hk-1|2011-05-01|2011-05-02"),
    date_created=None,
)
case(
    "pastperfect",
    csvx(
        "OBJECTID|TITLE|PHOTOGRAPHER|DATE|DESCRIP|IMAGEFILE|SOURCE|CREDITLINE",
        "1999.5.1|Pier|Doe|1931|A pier|001\\19990501.JPG|Smith|Gift",
    ),
    creator="Doe",
    date_created="1931",
    credit="Gift",
    files=["001\\19990501.JPG"],
)


def table(*lines):
    return "\n".join([*lines, ""])


case(
    "day order by column",
    table("File,Date taken", "a.jpg,01/02/2016", "b.jpg,25/12/2015"),
    n=2,
    date_created=("2016", "2016-02-01"),
)
case(
    "kr utf16",
    table("파일명\t제목\t촬영자", "a.jpg\t항구\t김철수").encode("utf-16"),
    name="t.txt",
    creator="김철수",
    title="항구",
)
case("nbsp heading", table("File\xa0name,Title", "a.jpg,Pier"), files=["a.jpg"])
case("bom in middle", table("\ufeffFile name,Title", "a.jpg,Pier").encode("utf-8-sig"), files=["a.jpg"])
case("quotes curly", table("File name,Title", "a.jpg,“Pier”"), title="“Pier”")
case(
    "excel text formula",
    table("File name,Accession", 'a.jpg,"=""00123"""'),
    ids=lambda g: g in (['="00123"'], ["00123"]),
)
case("apostrophe", table("File name,Accession", "a.jpg,'00123"), ids=lambda g: g in (["'00123"], ["00123"]))
case(
    "multi creators",
    table("File name,Photographer", "a.jpg,Jane Doe; Richard Roe"),
    creator="Jane Doe; Richard Roe",
)
case(
    "date time",
    table("File name,DateTimeOriginal", "a.jpg,2016:02:01 10:00:00"),
    date_created="2016-02-01T10:00:00",
)
case("unix date", table("File name,Date", "a.jpg,1454320800"), date_created=None)
case("excel serial", table("File name,Date", "a.jpg,42401"), date_created=None)
case("dup heading copyright", table("File name,Copyright,Copyright", "a.jpg,© A,© A"), copyright_notice="© A")
case(
    "html entities numeric",
    table("File name,Title", "a.jpg,&#28207;&#21475; &eacute;t&eacute;"),
    title="港口 été",
)
case("literal \\n", table("File name,Caption", 'a.jpg,"A\nB"'), caption="A B")
case(
    "ods refused",
    b"PK\x03\x04" + b"x" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    name="t.ods",
    problem=lambda p: p and "XLSX" in p,
)
case(
    "ja heading brackets",
    table(
        "ファイル名（必須）,タイトル（日本語）,撮影者（姓名）,撮影日（西暦）",
        "a.jpg,港,山田太郎,1931年5月3日",
    ),
    files=["a.jpg"],
    title="港",
    creator=("山田太郎", None),
    date_created=("1931-05-03", None),
)
case(
    "zh heading hints",
    table(
        "檔案名稱(必填),圖片標題,攝影師(中文),攝影師(英文),拍攝日期(YYYY-MM-DD)",
        "a.jpg,港,陳小明,Chan Siu Ming,1931-05-03",
    ),
    files=["a.jpg"],
    title="港",
    creator="陳小明",
    date_created="1931-05-03",
)
case(
    "de pflicht",
    table("Dateiname*;Titel (Pflichtfeld);Fotograf/-in;Datum (TT.MM.JJJJ)", "a.jpg;Hafen;Jörg;25.12.1931"),
    files=["a.jpg"],
    title="Hafen",
    creator="Jörg",
    date_created="1931-12-25",
)
case(
    "fr obligatoire",
    table(
        "Nom du fichier (obligatoire);Titre;Auteur(s);Date (JJ/MM/AAAA)", "a.jpg;Quai;A. Béraud;25/12/1931"
    ),
    files=["a.jpg"],
    creator="A. Béraud",
    date_created="1931-12-25",
)
case(
    "mods xlink dao",
    b'<?xml version="1.0" encoding="ISO-8859-1"?><mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>F\xe4hre</title></titleInfo></mods>',
    title="Fähre",
)


@pytest.mark.parametrize("said", CASES, ids=CASES.labels)
def test_what_tables_say(tmp_path, said):
    """Columns are known by what they are called; other persons and other dates than the picture's are not taken for it."""
    assert differences(tmp_path, said) == {}


def test_a_quotation_mark_that_nothing_closes(told):
    """It costs its own row, counted; the rows below are read, and nothing of them becomes part of a title."""
    said, found = told(
        'File,Title,Photographer\na.jpg,"Pier,Doe\nb.jpg,"Quay, at dawn",Roe\nc.jpg,"Two\nlines",Poe\n',
        "a.jpg",
        "b.jpg",
        "c.jpg",
    )
    assert said == {
        "b.jpg": {"title": "Quay, at dawn", "creator": "Roe"},
        "c.jpg": {"title": "Two lines", "creator": "Poe"},
    }
    assert found.files[["records", "unread"]].to_numpy().tolist() == [[3, 1]]


def test_a_quotation_mark_that_is_open_at_the_end(told):
    """The last rows of a file are not swallowed either."""
    said, _ = told('File,Title,Photographer\na.jpg,"Pier,Doe\nb.jpg,Quay,Roe\n', "a.jpg", "b.jpg")
    assert said == {"b.jpg": {"title": "Quay", "creator": "Roe"}}


@pytest.mark.parametrize(
    "nothing", ["#N/A", "#REF!", "#NAME?", "########", "NULL", "null", "NaN", "nan", "\\N", "(null)", "<NA>"]
)
def test_cells_of_errors_and_of_nothing(told, nothing):
    """What a program writes where there is no value is nobody's name and no title."""
    said, _ = told(f"File,Title,Photographer\na.jpg,{nothing},{nothing}\n", "a.jpg")
    assert said == {"a.jpg": {}}


def test_headings_below_a_list_of_filters(told):
    """The row with most headings that are known is the headings; where they stand again, they are no record."""
    listed = "Collection ID,HK,,\nImage,2020,,\nFile,Title,Photographer,Date\na.jpg,Pier,Doe,1931\n\ufeffFile,Title,Photographer,Date\nb.jpg,Quay,Roe,1932\n"
    said, found = told(listed, "a.jpg", "b.jpg")
    assert said["b.jpg"] == {"title": "Quay", "creator": "Roe", "date_created": "1932"}
    assert len(found.records) == 2
