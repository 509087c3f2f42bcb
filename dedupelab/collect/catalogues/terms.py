"""Words that catalogues name things by, in many languages: column headings and labels, who makes a picture, events of making.

A word counts whole, however it is spelt: letter case, accents, blanks and hyphens aside. What is in no list means nothing here:
a role nobody knows makes no one a photographer.
"""

import re
import unicodedata
from collections.abc import Iterable

from dedupelab.collect.catalogues.record import FIELDS, LINKING

_LEXICON = {
    "file": """file; source file; file name; filename; original file name; original filename; image file; image file name; image filename;
        image name; image path; file path; path; picture file; photo file; digital file; media file; media filename; datei; dateiname;
        bilddatei; pfad; dateipfad; fichier; nom de fichier; nom du fichier; fichier image; bestand; bestandsnaam; pad;
        archivo; nombre de archivo; nombre del archivo; fichero; nombre del fichero; archivo de imagen; ruta; nome file; nome del file;
        file immagine; percorso; nome do arquivo; nome do ficheiro; arquivo; ficheiro; filnamn; filnavn; 檔案名稱; 檔案名; 檔名; 檔案路徑; 文件名;
        文件名称; 文件名稱; 文件路径; 圖檔; 圖檔名稱; 圖片檔名; 圖像檔名; 影像檔名; 图片文件; 图片文件名; 图像文件名; 路徑; 路径;
        имя файла; файл; nazwa pliku; plik; nazev souboru; soubor; ファイル名; ファイル; 画像ファイル; 画像ファイル名; 파일명; 파일 이름; 파일""",
    "address": """url; link; address; image; primary image; primary image url; picture; photo; photograph; media; image url; image link; image address; picture url; photo url;
        media url; file url; download url; iiif url; web address; adresse; bild; bild url; foto; abbildung; lien; image url; photographie;
        afbeelding; imagen; url de la imagen; enlace; immagine; url immagine; imagem; 圖片; 照片; 圖像; 影像; 图片; 图像; 網址; 网址;
        圖片網址; 图片网址; 圖片連結; 画像; 画像 url; 写真; 이미지; 사진""",
    "record_id": """id; identifier; record id; object id; image id; item id; asset id; uid; object number; accession number; accession no;
        accession; inventory number; inventory no; inv no; object no; item no; image no; photo no; picture no; negative no; catalogue no; catalog no; registration no; no; ref; registration number; reference; reference number; reference code; ref no;
        call number; shelfmark; catalogue number; catalog number; image number; picture number; photo number; negative number; item number;
        inventarnummer; inventar nr; inv nr; objektnummer; objekt nr; objekt id; bildnummer; bild nr; bild id; signatur; kennung;
        archivnummer; numero d inventaire; no d inventaire; n d inventaire; numero; reference image; cote; cote du document;
        identifiant; inventarisnummer; inventarisnr; objectnummer; objectnr; beeldnummer; fotonummer; toegangsnummer; numero de inventario;
        no de inventario; n de inventario; numero de registro; numero de referencia; signatura; identificador; referencia;
        numero di inventario; numero inventario; n inventario; segnatura; collocazione; identificativo; codice; numero de tombo; inventarienummer;
        編號; 圖片編號; 照片編號; 影像編號; 檔案編號; 物件編號; 藏品編號; 館藏編號; 登錄號; 登錄編號; 典藏號; 索書號; 檔號; 參考編號;
        编号; 图片编号; 照片编号; 图像编号; 藏品编号; 馆藏编号; 登录号; 登记号; 典藏号; 索书号; 档号; 画像番号; 写真番号; 資料番号; 登録番号; 作品番号; 管理番号; 識別子; инвентарный номер; номер; numer inwentarzowy; sygnatura; inventarni cislo; 번호; 소장번호; 등록번호; 식별자""",
    "title": """title; main title; display title; 主要題名; 主要题名; 正題名; 正题名; titel; haupttitel; bildtitel; titre; titre principal; titulo; titulo principal; titolo; titolo principale;
        tytul; tittel; otsikko; nimi; tytul; tytuł; nazwa; nazev; заголовок; название; 標題; 题名; 題名; 标题; 題目; 题目; 名稱; 名称; 作品名稱; 作品名称; 圖片名稱; 图片名称; 圖片標題; 图片标题; 照片標題; 照片标题; 影像標題;
        タイトル; 作品名; 資料名; 제목; 명칭; العنوان""",
    "title?": """headline; object title; image title; objekttitel; schlagzeile; objectnaam; kop; titular; intestazione""",
    "creator": """creator; creators; photographer; photographers; author; artist; artist name; maker; by line; byline; photo by; photographed by;
        created by; taken by; creator name; artist maker; artist maker name; maker name; display maker; artist or maker; photographer name; artist display name; fotograf; fotografin; fotografen; bildautor; bildautorin;
        urheber; urheberin; kunstler; kunstlerin; autor; autorin; hersteller; verfasser; aufgenommen von; photographe; photographes; auteur;
        auteure; auteurs; autrice; createur; creatrice; artiste; prise de vue par; fotograaf; maker; vervaardiger; kunstenaar; fotografe; fotografo; fotografujacy;
        fotografa; autora; autores; creador; creadora; artista; autore; autori; creatore; autrice; realizzatore; criador; fotograf a;
        valokuvaaja; kuvaaja; tekija; konstnar; upphovsman; фотограф; автор; 攝影師; 攝影者; 攝影; 攝影師姓名; 攝影者姓名; 作者姓名; 摄影师姓名; 摄影者姓名; 撮影者名; 作者名; 作家名; 拍攝者; 拍攝人; 作者; 創作者; 藝術家; 攝影人;
        摄影师; 摄影者; 摄影; 拍摄者; 拍摄人; 创作者; 艺术家; 摄影人; 攝; 摄; 撮影者; 写真家; 撮影; 作家; 製作者; 작가; 사진가; 사진작가; 촬영자; 촬영; 제작자;
        المصور; مصور""",
    "credit": """credit; credits; credit line; credit line text; picture credit; photo credit; image credit; bildnachweis; bildquelle nachweis; nachweis; fotonachweis;
        credit photo; credit photographique; mention de credit; kredietregel; naamsvermelding; credito; creditos; linea de credito;
        credito fotografico; crediti; linea di credito; 鳴謝; 圖片鳴謝; 鸣谢; 署名; 署名行; クレジット; クレジットライン; 크레딧""",
    "copyright_notice": """copyright; copyright text; direitos autorais; 著作權; 著作权; copyright notice; copyright statement; copyright line; urheberrecht; urheberrechtsvermerk; copyrightvermerk;
        droits d auteur; mention de copyright; mention de droits; auteursrecht; auteursrechten; derechos de autor; aviso de copyright;
        diritti d autore; avviso di copyright; 版權; 版权; 版權聲明; 版权声明; 著作権; 著作権表示; 저작권; 저작권 표시""",
    "copyright_owner": """copyright holder; copyright owner; rights holder; rightsholder; rights owner; owner of rights; rechteinhaber; rechteinhaberin;
        rechtsinhaber; urheberrechtsinhaber; ayant droit; ayants droit; detenteur des droits; titulaire des droits; rechthebbende;
        rechthebbenden; auteursrechthebbende; titular de derechos; titular de los derechos; propietario de los derechos; detentore dei diritti;
        titolare dei diritti; detentor dos direitos; 版權持有人; 版權所有人; 版權所有者; 版權擁有人; 版权持有人; 版权所有人; 版权所有者; 权利人;
        權利人; 著作權人; 著作权人; 著作権者; 権利者; 저작권자""",
    "licensor": """licensor; lizenzgeber; concedant; licentiegever; licenciante; licenziante; 授權人; 授权人; 許諾者""",
    "rights": """rights; rights and reproduction; rights and reproductions; rights reproduction; image rights; bildrechte; droits image; rights statement; rights information; rights info; rights uri; rights status; rechte; rechteangabe; rechtehinweis; rechtestatus;
        droits; declaration de droits; mention des droits; rechten; rechtenverklaring; derechos; declaracion de derechos; diritti;
        dichiarazione dei diritti; direitos; 權利; 權利聲明; 权利; 权利声明; 権利; 権利表示; 권리""",
    "terms": """usage terms; terms; terms of use; terms and conditions; conditions of use; conditions of use and access; terms of access and use; conditions; usage; use restrictions; usage rights;
        reproduction rights; reproduction; copyright and terms of use; license; licence; license uri; licence url; license url; licensing; rights reference; lizenz; lizenzbedingungen;
        nutzungsbedingungen; nutzungsrechte; nutzung; verwendung; conditions d utilisation; conditions de reutilisation; utilisation; reutilisation;
        conditions d usage; licence d utilisation; gebruiksvoorwaarden; voorwaarden; gebruik; licentie; condiciones de uso; condiciones de utilizacion;
        terminos de uso; terminos y condiciones; uso; licencia; condizioni d uso; condizioni di utilizzo; termini di utilizzo; termini d uso; uso consentito;
        licenza; condicoes de uso; termos de uso; licenca; 使用條款; 使用条款; 使用條件; 使用条件; 使用須知; 使用权限; 使用授權; 授權條款; 授权条款; 授權; 授权;
        許可; 许可; 利用条件; 利用規約; 利用案内; ライセンス; 이용 조건; 이용조건; 이용약관; 라이선스""",
    "source": """source; image source; picture source; quelle; bildquelle; provenienz quelle; bron; fuente; fonte; 來源; 来源; 圖片來源; 图片来源; 出處;
        出处; 出典; 提供元; 출처""",
    "caption": """caption; caption abstract; caption text; picture description; photo description; photo caption; description text; label text; description; brief description; image description; image caption; picture caption; beschreibung; bildbeschreibung; bildunterschrift;
        kurzbeschreibung; bildtext; legende; description de l image; resume; beschrijving; bijschrift; onderschrift; omschrijving; descripcion;
        leyenda; pie de foto; descrizione; didascalia; descricao; legenda; beskrivning; beskrivelse; kuvaus; описание; подпись; 說明; 圖片說明;
        說明文字; 描述; 簡介; 内容描述; 內容描述; 圖說; 说明; 图片说明; 简介; 图说; 説明; キャプション; 解説; 内容; 설명; 내용; 캡션; 사진 설명; opis; popis; content description; الوصف""",
    "date_created": """date created; date time original; datetime original; created; creation date; date taken; date of creation; date photographed; date of photograph; date of photography; date of photo; photograph date; date of the photograph;
        photo date; capture date; date made; object production date; production date; date of production; aufnahmedatum; datum der aufnahme; datum der herstellung; aufnahmejahr; aufnahmezeit; herstellungsdatum;
        entstehungsdatum; entstehungszeit; erstellungsdatum; erstellt am; aufgenommen am; date de prise de vue; date de la prise de vue; date de creation;
        date de realisation; opnamedatum; datum opname; datum vervaardiging; vervaardigingsdatum; fecha de creacion; fecha de la fotografia; fecha de toma;
        fecha de realizacion; data di creazione; data di scatto; data di ripresa; data dello scatto; data de criacao; data de producao; data da fotografia; data da foto; data da imagem; data fotografia; fecha de la foto; fecha de produccion; data di produzione; datum fotografie; дата съемки; data wykonania; data powstania; datum porizeni; 拍攝日期; 拍攝時間; 拍攝年份;
        攝影日期; 創作日期; 創作年代; 拍摄日期; 拍摄时间; 拍摄年份; 摄影日期; 创作日期; 创作年代; 撮影日; 撮影日時; 撮影年月日; 撮影年; 撮影年代; 制作年; 制作年月日;
        촬영일; 촬영일자; 촬영연도; 제작일; 제작연도""",
    "date_created?": """date; dates; year; dating; display date; object date; datum; datierung; jahr; annee; datation; jaar; datering; fecha; fechas; ano;
        datacion; data; anno; datazione; cronologia; дата; год; 日期; 年份; 年代; 時間; 时间; 日付; 年月日; 制作年代; 날짜; 일자; 연도; 연대; التاريخ""",
    "holding_institution": """holding institution; repository; institution; museum; archive; library; held by; owning institution; current owner; current repository;
        owner institution; besitzende institution; institution; sammlungsinhaber; aufbewahrungsort; standort institution; verwahrende institution;
        museum archiv; etablissement; institution de conservation; lieu de conservation; musee; conserve par; instelling; bewaarinstelling;
        bewaarplaats; collectiehouder; institucion; museo; repositorio; institucion depositaria; lugar de conservacion; istituzione; museo;
        ente proprietario; luogo di conservazione; istituto di conservazione; instituicao; 館藏; 館藏機構; 館藏單位; 收藏機構; 收藏單位; 典藏單位; 保存機構;
        馆藏; 馆藏机构; 馆藏单位; 收藏机构; 收藏单位; 保存机构; 所蔵; 所蔵館; 所蔵機関; 所蔵者; 소장처; 소장기관""",
    "access_limit": """access; access restriction; access restrictions; access rights; access conditions; restrictions on access; embargo; zugang; zugangsbeschrankung;
        zugangsbestimmungen; sperrfrist; acces; conditions d acces; restrictions d acces; toegang; toegangsbeperking; openbaarheid; acceso;
        condiciones de acceso; restricciones de acceso; accesso; condizioni di accesso; restrizioni di accesso; 取用限制; 查閱限制; 開放限制;
        取用权限; 查阅限制; 公開制限; 閲覧制限; 열람 제한""",
    "related": """related; related objects; related items; see also; relation; verwandte objekte; siehe auch; voir aussi; oeuvres liees; zie ook; gerelateerd;
        ver tambien; vedi anche; 相關; 相關物件; 相关; 関連資料""",
    "language": """language; sprache; langue; taal; idioma; lengua; lingua; 語言; 语言; 言語; 언어""",
}  # fmt: skip
"""What a heading or label means, in any table, IIIF manifest or statement; several languages, several scripts."""
_REQUIRED = {
    "credit": """attribution; attribution statement; provided by; courtesy of; namensnennung; mention obligatoire; mention; attribution et credits; fourni par;
        bronvermelding; toeschrijving; atribucion; reconocimiento; proporcionado por; attribuzione; fornito da; atribuicao; 提供者; 提供; 帰属; 帰属表示;
        提供機関; 出處; 署名要求; zuschreibung; provider; anbieter; fournisseur; aanbieder; proveedor; fornitore; required statement; statement; 저작자 표시; 출처 표시; erwahnung""",
}  # fmt: skip
_MAKING = """production; creation; photographing; photography; photograph; photo taking; taking of photograph; taking of the photograph; photograph taken;
    photographic production; photographic event; making; manufacture; manufacturing; made; taken; created; produced; execution; shooting; image making; drawing; painting; printmaking;
    herstellung; hergestellt; anfertigung; angefertigt; fertigung; gefertigt; entstehung; entstanden; erstellung; erstellt; schopfung; geistige schopfung;
    produktion; ausfuhrung; aufnahme; aufgenommen; fotografische aufnahme; fotografieren; fotografie; fotografiert; photographie; fotoaufnahme; aufnahme fotografie;
    fabrication; realisation; execution; prise de vue; prise de vues; prise de vue photographique; fabrique; realise; cree;
    vervaardiging; vervaardigd; productie; creatie; opname; fotografische opname; fotograferen; gefotografeerd; gemaakt; totstandkoming; ontstaan;
    produccion; creacion; realizacion; ejecucion; fabricacion; elaboracion; toma; toma fotografica; toma de la fotografia; captura; fotografia; realizado; creado;
    produzione; creazione; realizzazione; esecuzione; fabbricazione; ripresa; ripresa fotografica; scatto; scatto fotografico; realizzato; creato;
    vervaardigen; maken; bildaufnahme; geschaffen; capture; 拍攝製作; 攝影創作;
    producao; criacao; realizacao; execucao; fabrico; tomada; captacao; producao fotografica;
    framstallning; tillverkning; skapande; fotografering; fremstilling; tilvirkning; valmistus; valmistaminen; kuvaus; valokuvaus; luominen;
    produkcja; wytworzenie; wykonanie; powstanie; vyroba; vznik; создание; производство; изготовление; съемка; фотосъемка; фотографирование;
    製作; 制作; 創作; 创作; 拍攝; 拍摄; 攝影; 摄影; 攝製; 摄制; 生產; 生产; 製造; 制造; 繪製; 绘制; 撮影; 作成; 作製; 創造; 제작; 창작; 촬영; 생산"""  # fmt: skip
_MADE = frozenset([
    "photographic", "photo", "picture", "image", "object", "work", "of", "the", "event", "fotografische", "fotografischer", "fotografisches", "bild", "bildes", "werk",
    "fotos", "photos", "werkes", "objekts", "der", "des", "die", "das", "photographique", "image", "oeuvre", "objet", "de", "du", "la", "l", "d", "le", "fotografico", "fotografica", "imagen", "obra",
    "objeto", "el", "del", "immagine", "opera", "oggetto", "della", "dell", "di", "het", "van", "beeld", "foto", "een",
])  # fmt: skip
"""What may stand beside a word of making: what is made, and the little words between."""
_OCCASION = re.compile(r"(?:事件|活動|活动|過程|过程)$")
MADE_BY = frozenset({
    "lido00007", "lido00012", "lido00484", "lido00486", "lido01127", "aat300054713", "aat300404387", "aat300054225", "aat300054196", "aat300054216",
    "aat300053225", "e12production", "e65creation", "production", "creation", "photographing", "q11633", "q739302",
})  # fmt: skip
"""Identifiers of events of making: the LIDO terminology, the Art & Architecture Thesaurus, CIDOC CRM, Wikidata."""
_MAKER_CODES = """photo; foto; photog; phot; ltg; photos; fotos; pht; cre; art; aut; ill; drm; etr; eng; egr; lth; prm; ctg; dsr; 600; 070; 040; 440; 350; 705; 300025687; 300025103; q33231;
    mediaphotographer; staffphotographer; staff photographer; photojournalist; illustrator; illustratrice; engraver; etcher; lithographer; draftsman; draughtsman;
    printmaker; cartographer; painter; lichtbildner; lichtbildnerin; stecher; zeichner; maler; lithograph; radierer; dessinateur; graveur; lithographe; peintre; illustrateur; tekenaar; schilder;
    lithograaf; dibujante; grabador; pintor; litografo; disegnatore; incisore; pittore; illustratore; 繪者; 绘者; 繪圖; 繪畫; 绘画; 版畫家; 畫家; 画家; 絵師; 写真師"""  # fmt: skip
_FORMER = ("former", "previous", "past", "histor", "exowner", "lido00476", "lido01019", "ehemal", "fruher", "vorbesitz", "ancien", "anterieur", "precedent", "voormal", "vorig", "vroeger", "anterior", "antigu", "precedente", "passat", "前", "舊", "旧", "曾", "原藏", "이전")  # fmt: skip
"""How kinds of holders of former times begin, as `key` has them."""
_CURRENT = (
    "current", "present", "lido00475", "lido01017", "aktuell", "gegenwart", "heutig", "actue", "actual",
    "huidig", "attual", "現", "现", "현재",
)  # fmt: skip
_TONGUES = frozenset(["english", "chinese", "german", "french", "spanish", "italian", "dutch", "japanese", "korean", "portuguese", "traditional", "simplified", "eng", "en", "zh", "chi", "zho", "de", "deu", "ger", "fr", "fra", "fre", "es", "spa", "it", "ita", "nl", "nld", "ja", "jpn", "ko", "kor", "pt", "por", "hk", "tw", "cn", "tc", "sc", "hant", "hans", "zhhant", "zhhans", "zhhk", "zhtw", "zhcn", "中文", "英文", "中", "英", "繁", "簡", "繁體", "繁体", "简体", "簡體", "繁中", "简中", "日文", "日本語", "原文", "deutsch", "englisch", "francais", "anglais", "romanised", "romanized", "pinyin", "拼音"])  # fmt: skip
_HINTS = _TONGUES | frozenset(
    [
        "original",
        "required",
        "optional",
        "yyyymmdd",
        "yyyy",
        "iso",
        "iso8601",
        "edtf",
        "in",
        "innen",
        "a",
        "o",
        "as",
        "e",
        "es",
        "r",
        "s",
    ]
)
_WORDS = re.compile(r"[^\W_]+")
_INSTRUCTIONS = frozenset(
    [
        "with", "extension", "ext", "incl", "including", "last", "first", "name", "family", "given", "surname", "or", "and", "yyyy", "mm", "dd", "jjjj", "tt", "aaaa", "jj", "mit", "endung",
        "nachname", "vorname", "nom", "prenom", "free", "text", "max", "characters", "chars", "if", "known", "必填", "必須", "必须", "選填", "选填", "任意", "日本語", "西暦", "公曆", "公历", "姓名", "全名", "pflichtfeld", "pflicht", "optionales", "feld", "obligatoire", "facultatif", "obligatorio", "opcional", "obbligatorio", "verplicht", "optioneel", "필수", "선택", "required", "optional", "mandatory", "iso", "8601", "edtf",
    ]
)  # fmt: skip
_IN_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]")
_GROUP = re.compile(r"^\s*(?:xmp|iptc|exif|photoshop)[\w-]*:(?=\w)", re.IGNORECASE)
"""Where a metadata program found a value, before its name."""
_SPELT = re.compile(
    r"[/()\[\]|;:\n]+|(?<=[\u2e80-\uffdc])\s*(?=[A-Za-z])|(?<=[A-Za-z])\.?\s*(?=[\u2e80-\uffdc])"
)


def key(text: str) -> str:
    """Return a word or heading as it is compared: letters and digits without accents, in lower case, in one piece.

    >>> key("Numéro d'inventaire"), key("CreditLine"), key("image_url"), key("圖片 編號")
    ('numerodinventaire', 'creditline', 'imageurl', '圖片編號')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not 0x300 <= ord(c) < 0x370)
    return "".join(_WORDS.findall(unicodedata.normalize("NFC", bare)))


_OTHER_ROLES = frozenset(map(key, (
    "publisher", "collector", "donor", "owner", "former owner", "printer", "sitter", "depicted", "commissioner", "sponsor", "compiler", "editor", "distributor", "agency",
    "verlag", "verleger", "verlegerin", "herausgeber", "herausgeberin", "drucker", "druckerei", "sammler", "sammlerin", "stifter", "eigentümer", "vorbesitzer", "dargestellter", "auftraggeber",
    "éditeur", "éditrice", "imprimeur", "collectionneur", "donateur", "propriétaire", "commanditaire", "uitgever", "drukker", "verzamelaar", "schenker", "eigenaar", "opdrachtgever",
    "editor", "editorial", "impresor", "coleccionista", "donante", "propietario", "editore", "stampatore", "collezionista", "donatore", "proprietario", "committente",
    "出版者", "出版社", "收藏者", "收藏家", "捐贈者", "捐赠者", "所有者", "編者", "编者", "印刷者", "寄贈者", "発行者", "발행자", "소장자", "기증자",
)))  # fmt: skip
"""Roles of those who had to do with a picture and did not make it."""


def _keyed(words: str) -> list[str]:
    return [key(word) for word in words.split(";")]


MEANINGS = {key(name): name for name in (*FIELDS, *LINKING)} | {
    name: target for target, words in _LEXICON.items() for name in _keyed(words)
}
"""Heading or label, as `key` has it, to target."""
_REQUIRED_MEANINGS = MEANINGS | {
    name: target for target, words in _REQUIRED.items() for name in _keyed(words)
}
_MAKERS = frozenset([*_keyed(_LEXICON["creator"]), *_keyed(_MAKER_CODES)])
_MAKING_TERMS = frozenset(_keyed(_MAKING))


def _without_hints(label: str) -> str:
    """Return a heading without what is said in brackets of how it is to be filled in, such as `(Last, First)`."""
    return _IN_BRACKETS.sub(
        lambda found: (
            " " if all(map(_INSTRUCTIONS.__contains__, map(key, _WORDS.findall(found[0])))) else found[0]
        ),
        label,
    )


def meaning(label: str, *, required: bool = False) -> str | None:
    """Return what a heading or label means, or None; `required` of a statement that has to be shown beside a picture.

    Of a heading in two languages, or with a note of its language or form, the parts must agree.

    >>> meaning("AccessionNumber"), meaning("攝影師 Photographer"), meaning("Title (English)"), meaning("Artist (nationality)")
    ('record_id', 'creator', 'title', None)
    """
    known = _REQUIRED_MEANINGS if required else MEANINGS
    label = _without_hints(_GROUP.sub("", label))
    whole = key(label)
    found = known.get(whole) or known.get(whole.removesuffix("s"))
    if found:
        return found
    words = re.split(r"[\s_.-]+", label.strip())
    while len(words) > 1 and key(words[-1]) in _TONGUES:
        words.pop()
    if found := known.get(key(" ".join(words))):
        return found
    parts = [part for part in map(key, _SPELT.split(label)) if part and part not in _HINTS]
    meant = {known.get(part) for part in parts}
    return meant.pop() if len(meant) == 1 else None


def tongue(label: str) -> str:
    """Return the language that the end of a heading names, as it names it; nothing where it names none.

    >>> tongue("title_zh"), tongue("Photographer (Chinese)"), tongue("Title")
    ('zh', 'chinese', '')
    """
    last = key(re.split(r"[\s_.()\[\]/-]+", label.strip(" )]"))[-1])
    return last if last in _TONGUES and last != key(label) else ""


def makes(roles: Iterable[str]) -> bool:
    """Whether one of a person's roles is that of making the picture; terms, codes and addresses of relators.

    >>> makes(["collector."]), makes(["http://id.loc.gov/vocabulary/relators/pht"]), makes(["Fotograf/in"]), makes(["攝影"])
    (False, True, True, True)
    """
    return any(_one_makes(role) for role in roles)


def _one_makes(role: str) -> bool:
    if "://" in role:
        return key(re.split(r"[/#]", role.rstrip("/"))[-1]) in _MAKERS
    plain = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", role) or role
    parts = [role, plain, *re.split(r"[/,;:*_#&]|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b", plain)]
    return any(key(part) in _MAKERS for part in parts)


def is_other_role(text: str) -> bool:
    """Whether a text is the role of somebody who made no picture, and nothing else.

    >>> is_other_role(" Verlag"), is_other_role("Jane"), is_other_role("photographer")
    (True, False, False)
    """
    return key(text) in _OTHER_ROLES


def is_making(identifiers: Iterable[str], terms: Iterable[str]) -> bool:
    """Whether an event made the picture: by an identifier that is known, else by its terms.

    >>> is_making(["http://terminology.lido-schema.org/lido00225"], ["Production"]), is_making([], ["Prise de vue"])
    (False, True)
    """
    known = [_concept(identifier) for identifier in identifiers]
    if any(each in MADE_BY for each in known):
        return True
    if any(re.fullmatch(r"lido\d{5}|aat\d{9}", each) for each in known):
        return False
    plain = (re.sub(r"\([^)]*\)|\[[^]]*\]", " ", term) for term in terms)
    return any(_one_is_making(part) for term in plain for part in (term, *term.split("/")))


def _one_is_making(term: str) -> bool:
    """Whether a term is one of making, or one with what is made beside it, such as `Anfertigung der Fotografie`."""
    words = [key(word) for word in re.split(r"[\s'’-]+", _OCCASION.sub("", term.strip())) if key(word)]
    return "".join(words) in _MAKING_TERMS or (
        any(word in _MAKING_TERMS for word in words)
        and all(word in _MAKING_TERMS or word in _MADE for word in words)
    )


def _concept(identifier: str) -> str:
    tail = key(re.split(r"[/#:]", identifier.strip().rstrip("/"))[-1])
    return f"aat{tail}" if re.fullmatch(r"300\d{6}", tail) else tail


def is_former(kind: str) -> bool:
    """Whether a kind of holder or place is one of former times."""
    return any(key(word).startswith(_FORMER) for word in (_tail(kind), *kind.split()))


def is_current(kind: str) -> bool:
    """Whether a kind of holder or place is the one of today."""
    return any(key(word).startswith(_CURRENT) for word in (_tail(kind), *kind.split()))


def _tail(kind: str) -> str:
    return key(re.split(r"[/#]", kind.rstrip("/"))[-1])
