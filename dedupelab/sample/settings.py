"""The sample's study.toml, with comments for people."""

from dedupelab.sample.catalogues import PLACES
from dedupelab.sample.holders import HOLDERS
from dedupelab.sample.registers import SOURCE


def study_toml(*, reviewed: bool = False) -> str:
    """Return the sample's study.toml; some inputs of harm are left out on purpose. A simulated review is named in the title."""
    collections = "".join(
        f'[[collection]]\nname = "{holder.collection}"\nlocation = "collections/{holder.collection}"\n'
        f'holder = "{holder.name} (invented)"\nkind = "{holder.kind}"\n'
        + (f'catalogue = "{PLACES[holder.collection]}"\n\n' if holder.collection in PLACES else "\n")
        for holder in HOLDERS
    )
    words = "\n".join(f'"{name}" = "{said}"' for name, said in _WORDS.items())
    text = _HEAD + collections + _REST.replace("{COMMON}", _scenarios()).replace("{WORDS}", words)
    return text.replace("{TITLE}\n", _TITLE if reviewed else "") + (_SIMULATED if reviewed else "")


_HEAD = """\
# The sample study: four invented institutions that hold many of the same pictures.
# Every person, institution and price here is invented; the photographs' real sources are in data/README.md.

[study]
name = "sample"
purpose = "statistics on duplicate images; no action against any person"
owner = "Sample Association (invented)"

"""
_REST = """\
[scan]

[match]
gear = "quick"     # the sample is small enough for "thorough", which takes some minutes and finds more crops and screenshots
max_distance = 10   # bits of 64 within which two fingerprints make a candidate pair

# What harm costs. Every input names where it comes from; what is left out is printed as "not estimated".
# The registers (registers/*.csv, and what was written since) hold timed work (how long one pair takes), incidents, licences and further assumptions.
# Left out here on purpose: pictures licensed or taken again.
[harm]
currency = "HKD"
price_year = 2026

[harm.storage_price]
value = 0.18
unit = "HKD per GB and month"
source = "example invoice of the invented Sample Association, March 2026"

[harm.storage_copies]
value = 3
unit = "copies kept of each file, backups included"
source = "example backup policy of the invented Sample Association, 2026"

[harm.hourly_wage]
low = 90
value = 110
high = 150
unit = "HKD per hour"
source = "example payroll sheet of the invented Sample Association, 2026"

# What of a cost would have come without duplication as well; a line without such inputs is printed as gross.
[harm.net.dispute]
deadweight = { low = 0.05, value = 0.1, high = 0.3, unit = "share", source = "sample figure, not a measurement" }

# Prices by year, so that amounts of 2025 are added to those of 2026 in prices of one year.
[harm.deflator]
index = { "2025" = 100.0, "2026" = 102.0 }
source = "sample figure, not a measurement"

[harm.members_asked]
value = 5
unit = "organisations"
source = "sample figure, not a measurement"

[harm.members_answered]
value = 4
unit = "organisations"
source = "sample figure, not a measurement"

[trend]
dates = "modified" # in the sample, a file's time of modification is the day it was taken in

# Policy options compared with doing nothing. Every figure here is a sample figure, not a measurement.
[scenarios]
horizon = 5          # years
discount_rate = 0.035

{COMMON}
[report]
languages = ["en"]
[report.texts.zh-Hant-HK]
purpose = "重複圖像的統計；並非針對任何人採取行動"
owner = "樣本協會（虛構）"
submitter = "樣本協會（虛構）"
consultation = "共用圖片記錄諮詢（虛構）"
{TITLE}
# What is named above, as the Chinese paper calls it.
[report.texts.zh-Hant-HK.words]
{WORDS}
"""
_WORDS = {
    "film-archive": "影像資料館",
    "news-library": "新聞資料庫",
    "stock-agency": "圖片代理商",
    "trade-portal": "貿易門戶網站",
    "Kwun Hoi Film and Photograph Archive (invented)": "觀海影像資料館（虛構）",
    "Harbour Ledger News Library (invented)": "海港紀事新聞資料庫（虛構）",
    "Brightquay Pictures Limited (invented)": "明埗圖片有限公司（虛構）",
    "Tradewharf Portal (invented)": "貿埠門戶網站（虛構）",
    "Harbour Press (invented)": "海港報業（虛構）",
    "Ferry Magazine (invented)": "渡輪雜誌（虛構）",
    "Peak Travel (invented)": "山頂旅遊（虛構）",
    "picture editor": "圖片編輯",
    "light table": "看片燈箱",
    "editorial": "編輯用途",
    "analyst": "分析員",
    "Voluntary code": "自願守則",
    "Statutory standard": "法定標準",
    "Portal mandate": "門戶網站強制規定",
    "sample figure, not a measurement": "樣本數字，並非量度所得",
    "example invoice of the invented Sample Association, March 2026": "虛構的樣本協會的發票示例，2026 年 3 月",
    "example backup policy of the invented Sample Association, 2026": "虛構的樣本協會的備份政策示例，2026 年",
    "example payroll sheet of the invented Sample Association, 2026": "虛構的樣本協會的薪酬表示例，2026 年",
    "keep the distance of 10 bits": "距離維持為 10 位元",
    "the manual's default; no pilot yet": "手冊的預設值；尚未試行",
    "board of the Sample Association (invented)": "樣本協會理事會（虛構）",
}
"""What of the sample's names and sources stands in the Chinese paper."""
_TITLE = """\
title = "重複圖像（覆核屬模擬）"
"""
_SIMULATED = """
[report.texts.en]
title = "Duplicate pictures, with a simulated review"

[review]
simulated = true    # nobody looked at a pair: the reviewers are invented, and the paper says so
"""
_COMMON = {
    "organisations": ("value = 4", "organisations"),
    "recall": ("low = 0.7, value = 0.85, high = 0.95", "share"),
    "remediation": ("low = 0.4, value = 0.6, high = 0.8", "share"),
    "growth": ("low = 0.0, value = 0.05, high = 0.15", "per year"),
    "integration_per_organisation": ("p50 = 6000, p90 = 12000", "HKD"),
    "migration": ("value = 3000", "HKD"),
    "legal": ("p50 = 4000, p90 = 9000", "HKD"),
    "licence_per_organisation": ("low = 6000, value = 9000, high = 15000", "HKD per year"),
    "open_source_per_organisation": ("low = 500, value = 1500, high = 4000", "HKD per year"),
    "flagged_per_organisation": ("low = 50, value = 100, high = 300", "pairs per year"),
    "governance": ("value = 1200", "HKD per year"),
    "optimism_bias": ("low = 0.0, value = 0.1, high = 0.3", "share"),
    "sme_share": ("value = 0.5", "share"),
}
_OPTIONS = {
    "Voluntary code": (
        "voluntary",
        {
            "ceiling": "low = 0.3, value = 0.5, high = 0.7",
            "midpoint": "value = 2",
            "steepness": "value = 1.5",
        },
    ),
    "Statutory standard": (
        "statutory",
        {
            "ceiling": "low = 0.8, value = 0.9, high = 1.0",
            "midpoint": "value = 0.5",
            "steepness": "value = 4",
            "start": "low = 1, value = 1.5, high = 2.5",
        },
    ),
    "Portal mandate": (
        "portal",
        {
            "ceiling": "low = 0.8, value = 0.95, high = 1.0",
            "midpoint": "value = 0.5",
            "steepness": "value = 4",
            "coverage": "low = 0.2, value = 0.35, high = 0.5",
        },
    ),
}


def _scenarios() -> str:
    lines = [
        f'{name} = {{ {numbers}, unit = "{unit}", source = "{SOURCE}" }}'
        for name, (numbers, unit) in _COMMON.items()
    ]
    for name, (kind, inputs) in _OPTIONS.items():
        lines += ["", "[[scenarios.option]]", f'name = "{name}"', f'kind = "{kind}"']
        lines += [
            f'{n} = {{ {numbers}, unit = "share or years", source = "{SOURCE}" }}'
            for n, numbers in inputs.items()
        ]
    return "\n".join(lines) + "\n"
