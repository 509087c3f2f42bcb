"""Dates in Chinese, Japanese and Korean: reign years and years of the Republic, numerals, decades and centuries.

Months of the Chinese calendar are lunar: of `光緒二十年五月` only the year is known. Japan keeps the common calendar since 1873,
the Republic of China since 1912.
"""

import re
from itertools import pairwise

EARLIER, LATER = "《", "》"
"""Signs that stand for `before` and `after` in what `in_figures` returns."""
_NOW = 9999
_LUNAR = {
    name: (start, end)
    for names, start, end in (
        ("洪武", 1368, 1398), ("建文", 1399, 1402), ("永樂 永乐", 1403, 1424), ("洪熙", 1425, 1425), ("宣德", 1426, 1435), ("正統 正统", 1436, 1449),
        ("景泰", 1450, 1457), ("天順 天顺", 1457, 1464), ("成化", 1465, 1487), ("弘治", 1488, 1505), ("正德", 1506, 1521), ("嘉靖", 1522, 1566),
        ("隆慶 隆庆", 1567, 1572), ("萬曆 万历 萬歷", 1573, 1620), ("天啟 天启 天啓", 1621, 1627), ("崇禎 崇祯", 1628, 1644), ("順治 顺治", 1644, 1661),
        ("康熙", 1662, 1722), ("雍正", 1723, 1735), ("乾隆", 1736, 1796), ("嘉慶 嘉庆", 1796, 1820), ("道光", 1821, 1850), ("咸豐 咸丰", 1851, 1861),
        ("同治", 1862, 1875), ("光緒 光绪", 1875, 1908), ("宣統 宣统", 1909, 1912), ("寛政 寛政", 1789, 1801), ("享和", 1801, 1804), ("文化", 1804, 1818), ("文政", 1818, 1830),
        ("天保", 1830, 1844), ("弘化", 1844, 1848), ("嘉永", 1848, 1854), ("安政", 1854, 1860), ("万延 萬延", 1860, 1861), ("文久", 1861, 1864),
        ("元治", 1864, 1865), ("慶応 慶應", 1865, 1868),
    )
    for name in names.split()
}  # fmt: skip
_SOLAR = {
    name: (start, end)
    for names, start, end in (
        ("中華民國 中华民国 中華民国 民國 民国 민국", 1912, _NOW), ("明治 메이지", 1868, 1912), ("大正 다이쇼", 1912, 1926), ("昭和 쇼와", 1926, 1989),
        ("平成 헤이세이", 1989, 2019), ("令和 레이와", 2019, _NOW), ("康德", 1934, 1945), ("洪憲 洪宪", 1916, 1916), ("光武 광무", 1897, 1907), ("隆熙 융희", 1907, 1910),
        ("檀紀 檀纪 단기", -2332, _NOW),
    )
    for name in names.split()
}  # fmt: skip
ERAS = _LUNAR | _SOLAR
_GREGORIAN_FROM = {"明治": 1873, "메이지": 1873}
_PERIODS = {
    name: span
    for names, span in (
        ("民國時期 民国时期 民國年間 民国年间", "1912/1949"), ("清代 清朝 大清 清時期 清 清末 晚清 清初 清末期", "1644/1912"), ("民國 民国 民國初年 民国初年 民初", "1912/1949"), ("唐代 唐朝", "0618/0907"), ("宋代 宋朝", "0960/1279"), ("元代 元朝", "1271/1368"), ("明代 明朝", "1368/1644"), ("明治時代 明治期 明治年間", "1868/1912"),
        ("大正時代 大正期 大正年間", "1912/1926"), ("昭和時代 昭和期", "1926/1989"), ("平成時代 平成期", "1989/2019"), ("江戸時代 江戸期", "1603/1868"),
    )
    for name in names.split()
}  # fmt: skip
_DIGITS = {
    c: n
    for n, cs in enumerate(
        ("〇零○◯", "一壹元", "二貳贰兩两", "三叁參", "四肆", "五伍", "六陸陆", "七柒", "八捌", "九玖")
    )
    for c in cs
}
_TENS = {"十": 10, "拾": 10, "廿": 20, "卅": 30, "卌": 40}
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_NUMERAL = "[〇零○◯一二三四五六七八九十百千廿卅卌壹貳贰叁參肆伍陸陆柒捌玖拾兩两元]"
_ERA = "|".join(sorted(ERAS, key=len, reverse=True))
_EAST = re.compile(r"[\u3007\u3400-\u9fff\uac00-\ud7af]")
_NUMBERS = re.compile(
    rf"{_NUMERAL}+(?=\s*(?:年|月|日|號|号|世紀|世纪|세기|년|월|일|[至到]{_NUMERAL}+年|[)\]]|$))|(?<=[國国緒绪治正和成])\s*{_NUMERAL}+"
)
_CALENDAR = re.compile(r"(?:公元|西元|西暦|西历|西曆|公曆|公历|서기|陽曆|阳历|新暦)(?!前)")
_WEEKDAY = re.compile(
    r"[(（〔\[]\s*[日月火水木金土一二三四五六天](?:曜日?|요일)?\s*[)）〕\]]|(?:星期|週|周|禮拜|礼拜)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"
)
_WORDS = (
    (r"公元前|西元前|紀元前|纪元前|기원전|(?<![\d年國国])前(?=\d)", "¬"),
    (r"(?:大約|大约|約莫|约莫|約|约|およそ|推定|약)(?:[於于在](?=\d))?\s*", "~"),
    (r"(?<=[대기])\s*(?:초반|중반|후반|전반|초엽|중엽|말엽|초|말)", ""),
    (r"(?<=[年月日代紀纪년월일\d])\s*(?:左右|前後|前后|上下|頃|ころ|ごろ|경|무렵)", "~"),
    (r"(?<=[年月代紀纪])\s*(?:上旬|中旬|下旬|初期|初頭|初头|初|末期|末葉|末叶|末|中期|中葉|中叶|底|尾|前期|後期|后期|(?:上|下|前|後|后)半(?:期|葉|叶)?|[春夏秋冬][季天]?)", ""),
    (r"(?<=[年月日代紀纪년월일\d])\s*(?:以前|之前|前|이전|まで)(?!後|后)", EARLIER),
    (r"(?<=[年月日代紀纪년월일\d])\s*(?:以後|以后|之後|之后|後|后|以降|이후|起)", LATER),
    (r"可能是?|或許|或许|疑|아마", "?"),
    (r"(?<=[年月日代紀纪년월일\d])\s*(?:至|到|から|부터|迄|乃至|或)\s*(?=\S)", "–"),
    (r"之間|之间|(?<=\d)\s*年[間间]|(?<!年)[間间]$|まで|까지", ""),
    (r"(?<=\d)\?\s*年", "年?"), (r"月份", "月"), (r"正月", "1月"), (r"元年", "1年"), (r"년대", "年代"), (r"년", "年"), (r"월", "月"), (r"(?<=\d)\s*일", "日"), (r"세기|世纪", "世紀"), (r"(?<=\d)\s*[號号]", "日"),
)  # fmt: skip
_TRANSLATED = tuple((re.compile(pattern), said) for pattern, said in _WORDS)
_UNIT = re.compile(
    rf"(?P<bc>¬)?(?P<era>{_ERA})?\s*(?P<early>前)?(?:(?P<cycle>[{_STEMS}][{_BRANCHES}])\s*年?|(?P<year>\d{{1,4}})\s*年(?!代))(?:\s*(?P<leap>閏|闰)?\s*(?P<month>\d{{1,2}})\s*月(?:\s*(?P<day>\d{{1,2}})\s*日?)?)?"
)
_DOTTED = re.compile(
    rf"(?P<era>{_ERA})\s*(?P<year>\d{{1,3}})(?:\s*[./-]\s*(?P<month>\d{{1,2}})(?:\s*[./-]\s*(?P<day>\d{{1,2}}))?)?(?![\d年])"
)
_DYNASTY = re.compile(
    rf"(?:大清|清|明|大日本帝國|大日本帝国|日本|滿洲國|满洲国|偽滿|伪满|大韓|대한)\s*(?=(?:{_ERA})\s*[\d{_STEMS}])"
)
_REIGN = re.compile(
    rf"(?P<of>[清明][代朝]?)?(?P<era>{'|'.join(sorted(_LUNAR, key=len, reverse=True))})(?P<said>年間|年间|朝|年代|時期|时期|初年|末年)?"
)
_SPLIT = re.compile(rf"(?P<year>\d{{4}})\s*[(\[]\s*(?P<era>{_ERA})\s*(?P<n>\d{{1,3}})\s*[)\]]\s*年")
"""`1937(昭和12)年`: one year in two calendars before one sign."""
_TWICE = re.compile(
    r"=(?P<start>\d{4}-\d\d-\d\d)=(?:–=(?P<end>\d{4}-00-00)=)?\s*=?(?P<rest>(?P<year>\d{4})(?:-\d\d-\d\d)?)=?(?=$|\s)"
)
"""A date of an era, and the same in the common calendar behind it in brackets."""
_CYCLE = re.compile(rf"(?<=\d年)\s*(?:歲次|岁次|歲在)?\s*[{_STEMS}][{_BRANCHES}]年?")
"""What a year is called in the cycle of sixty, behind its number."""
_FIFTH = re.compile(
    r"(?P<bc>¬)?(?P<century>\d{1,2})\s*世紀(?:\s*(?P<decade>\d)0\s*年代)?|(?P<tens>\d{3})0\s*年代"
)


_ROMANISED = {
    "meiji": "明治", "taisho": "大正", "showa": "昭和", "heisei": "平成", "reiwa": "令和", "minguo": "民國", "min-kuo": "民國", "kangxi": "康熙", "k'ang-hsi": "康熙",
    "yongzheng": "雍正", "qianlong": "乾隆", "ch'ien-lung": "乾隆", "jiaqing": "嘉慶", "daoguang": "道光", "tao-kuang": "道光", "xianfeng": "咸豐", "tongzhi": "同治", "t'ung-chih": "同治",
    "guangxu": "光緒", "kuang-hsu": "光緒", "xuantong": "宣統", "hsuan-t'ung": "宣統", "edo": "江戸", "qing": "清", "ch'ing": "清", "ming": "明",
}  # fmt: skip
_IN_LATIN = re.compile(
    rf"\b(?P<name>{'|'.join(_ROMANISED)})(?:\s+(?P<year>\d{{1,2}})(?!\d)|\s+(?P<kind>period|era|dynasty|reign|zeit|epoch))"
)
"""Eras in Latin letters, with a year or as a time."""
_BRACKETED = re.compile(
    r"(?:[^\W\d]|[\s'-])+(?:時代|时代|時期|时期|代|朝|年間|年间|period|era|dynasty|reign)\s*[(\[]\s*(?P<span>(?:ca?\.?\s*)?\d{3,4}\s*[-–/]\s*\d{3,4})\s*[)\]]"
)
"""A time by its name, with its years behind it in brackets."""


def _by_name(found: "re.Match[str]") -> str:
    name = _ROMANISED[found["name"]]
    if found["year"]:
        return f"{name}{found['year']}年" if name in ERAS else found[0]
    return f"{name}{'年間' if name in ERAS else '時代' if name == '江戸' else '代'}"


def in_figures(text: str) -> str:
    """Return a text with Chinese numerals as figures and words about dates as signs; others stay as they are.

    >>> in_figures("約一九三一年五月"), in_figures("1931年以前"), in_figures("May 1931")
    ('~1931年5月', '1931年《', 'May 1931')
    """
    text = _IN_LATIN.sub(_by_name, re.sub(r"(?<=\d)~(?=\d{2})", "–", text))
    if span := _BRACKETED.fullmatch(text):
        return span["span"]
    if not _EAST.search(text):
        return text
    text = _CALENDAR.sub("", _WEEKDAY.sub(" ", text))
    text = re.sub(r"(?<=[\d年月日])\s*~\s*(?=[\d一-鿿])", "–", text)
    text = _NUMBERS.sub(
        lambda m: str(_number(m[0].strip())) if _number(m[0].strip()) is not None else m[0], text
    )
    for pattern, said in _TRANSLATED:
        text = pattern.sub(said, text)
    text = re.sub(rf"({_NUMERAL}+)(?=–)", lambda m: str(_number(m[1]) or m[1]), text)
    text = _SPLIT.sub(r"\g<era>\g<n>年 \g<year>年", text)
    return _shared(text.strip())


def _shared(text: str) -> str:
    """Give both ends of a range what is said once: `民國25-26年`, `1934年5月1日–3日`."""
    found = re.fullmatch(
        rf"(?P<about>~?)(?P<era>{_ERA})?\s*(?P<one>\d{{1,4}})(?:年)?\s*[-–]\s*(?P<other>\d{{1,4}})年(?P<tail>~?)",
        text,
    )
    if found:
        era = found["era"] or ""
        other = found["other"]
        if not era and len(other) < len(found["one"]):
            other = found["one"][: -len(other)] + other
        return f"{found['about'] or found['tail']}{era}{found['one']}年–{era}{other}年"
    found = re.fullmatch(
        rf"(?P<year>(?:{_ERA})?\s*\d{{1,4}}年)\s*(?P<one>\d{{1,2}})(?:月)?\s*[-–]\s*(?P<other>\d{{1,2}}月)",
        text,
    )
    if found:
        return f"{found['year']}{found['one']}月–{found['year']}{found['other']}"
    found = re.fullmatch(
        rf"(?P<year>(?:{_ERA})?\s*\d{{1,4}}年)\s*(?P<month>\d{{1,2}}月)\s*(?P<one>\d{{1,2}})日?\s*[-–]\s*(?P<other>\d{{1,2}}月)?\s*(?P<last>\d{{1,2}})日",
        text,
    )
    if found:
        start = f"{found['year']}{found['month']}{found['one']}日"
        return f"{start}–{found['year']}{found['other'] or found['month']}{found['last']}日"
    return text


def as_atoms(text: str) -> str:
    """Return a text with each East Asian date as the atoms of `dates`: `=1937-07-00=` or `#193X#`."""
    if not _EAST.search(text):
        return text
    text = _CYCLE.sub("", _DYNASTY.sub("", text))
    text = _FIFTH.sub(_age, text)
    text = _UNIT.sub(_unit, text)
    text = _TWICE.sub(_once, _DOTTED.sub(_unit, text))
    return re.sub(r"(?<![\d=-])(\d{4})\s+(?==\1-)", "", text)


def _once(found: "re.Match[str]") -> str:
    """Return a date that two calendars give, as far as either goes; two dates where they contradict each other."""
    start, end = found["start"], found["end"] or ""
    year = found["year"]
    if year not in {start[:4], end[:4]}:
        return found[0]
    further = next((said for said in (start, found["rest"] or "") if said[4:7] > "-00"), "")
    return f"={further if further[:4] == year else f'{year}-00-00'}="


def period(text: str) -> str | None:
    """Return the span of a period that is a date by its name alone, such as 民國時期."""
    reign = _REIGN.fullmatch(text)
    if reign and (reign["of"] or reign["said"]):  # 文化 alone is culture
        return "{}/{}".format(*ERAS[reign["era"]])
    return _PERIODS.get(text)


def _age(found: "re.Match[str]") -> str:
    if found["tens"]:
        return f"#{found['tens']}X#"
    number = int(found["century"]) - 1
    if found["bc"]:
        return f"#-{number:02d}XX#"
    return f"#{number:02d}{found['decade']}X#" if found["decade"] else f"#{number:02d}XX#"


def _unit(found: "re.Match[str]") -> str:
    said = found.groupdict()
    era = said.get("era") or ""
    month, day = int(said.get("month") or 0), int(said.get("day") or 0)
    if not era:
        if said.get("cycle") or said.get("early") or len(said["year"]) == 2:
            return found[0]
        year = int(said["year"])
        return f"#-{year - 1:04d}#" if said.get("bc") else f"={year:04d}-{month:02d}-{day:02d}="
    start, end = ERAS[era]
    if said.get("cycle"):
        place = next(n for n in range(60) if said["cycle"] == _STEMS[n % 10] + _BRANCHES[n % 12])
        years = [year for year in range(start, min(end, start + 120) + 1) if (year - 4) % 60 == place]
        return f"={years[0]:04d}-00-00=" if len(years) == 1 else found[0]
    number = int(said["year"])
    year = start - number if said.get("early") else start + number - 1
    if number < 1 or year > end or (said.get("early") and start != 1912):
        return found[0]
    if era in _LUNAR or year < _GREGORIAN_FROM.get(era, 0):
        # The last lunar months run into the next year.
        return f"={year:04d}-00-00=" if month < 11 else f"={year:04d}-00-00=–={year + 1:04d}-00-00="
    return f"={year:04d}-{month:02d}-{day:02d}="


def _number(text: str) -> int | None:
    """Return what a Chinese numeral means, written by places (一九三一) or with tens and hundreds (二十五).

    >>> _number("一九三〇"), _number("二十五"), _number("廿一"), _number("十"), _number("一百零三")
    (1930, 25, 21, 10, 103)
    """
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c, following in pairwise([*text, ""]):
        if c in _DIGITS:
            if digit and following in _DIGITS:
                return None
            digit = _DIGITS[c]
        elif c in {"百", "千"}:
            total, digit = total + (digit or 1) * (100 if c == "百" else 1000), 0
        else:
            total, digit = total + (digit or 1) * 10 if _TENS[c] == 10 else total + _TENS[c], 0
    return total + digit
