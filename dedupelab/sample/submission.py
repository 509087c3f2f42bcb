"""The sample's consultation and its authors' texts: all of it invented, and saying so."""


def submission_files(*, reviewed: bool = False) -> dict[str, str]:
    """Return consultation.toml and the texts beside it, by their place in the study; with `reviewed` they say that a review was simulated."""
    profile = _PROFILE
    files: dict[str, str] = {}
    if reviewed:
        both = ", ".join(f'{tag} = "{words}"' for tag, words in _SIMULATED.items())
        profile = profile.replace(_NOT_SHOWN, f"{_NOT_SHOWN},\n    {{ {both} }}")
    for tag, written in _TEXTS.items():
        simulated = f"{_SIMULATED[tag]}\n"
        more = (
            {"introduction": f"{written['introduction']}\n{simulated}", "method": simulated}
            if reviewed
            else {}
        )
        files |= {f"text/{name}.{tag}.md": text for name, text in (written | more).items()}
    return {PROFILE: profile, **files}


PROFILE = "consultation.toml"
_NOT_SHOWN = """\
    { en = "The sample's copies were planted, so its shares say nothing of any real collection.", zh-Hant-HK = "樣本的副本是刻意放入的，因此各項比率並不說明任何真實圖片庫的情況。" }"""
_SIMULATED = {
    "en": (
        "The review was simulated: nobody looked at a pair. Both reviewers are invented, and their answers were taken from the known truth "
        "of the sample, so that they never err."
    ),
    "zh-Hant-HK": "覆核屬模擬：沒有人看過任何一對圖像。兩名覆核員均屬虛構，其答案取自樣本的已知真相，因此從不出錯。",
}
_PROFILE = f"""\
# What the sample study is handed in to. Consultation, bureau, questions, members and persons are invented.

[consultation]
name = {{ en = "Consultation on Records of Shared Pictures (invented)", zh-Hant-HK = "共用圖片記錄諮詢（虛構）" }}
reference = "EX 1/2026"
jurisdiction = {{ en = "an invented place", zh-Hant-HK = "虛構的地方" }}
recipient = [
    {{ en = "The Secretary", zh-Hant-HK = "圖片及記錄局（虛構）" }},
    {{ en = "Bureau of Pictures and Records (invented)", zh-Hant-HK = "局長" }},
    {{ en = "1 Example Road", zh-Hant-HK = "示例路 1 號" }},
]
deadline = 2099-12-31
source = {{ en = "written for this sample", zh-Hant-HK = "為本樣本撰寫" }}

[[question]]
number = 1
text = {{ en = "To what extent do institutions hold the same pictures?", zh-Hant-HK = "各機構在多大程度上持有相同的圖片？" }}
findings = ["M1", "M1x", "M4.any"]

[[question]]
number = 2
text = {{ en = "Do the records of such pictures agree on who made them and who may use them?", zh-Hant-HK = "這些圖片的記錄對創作者及可使用者的說法是否一致？" }}
findings = ["M5.creator", "M7s", "M6b"]

[[question]]
number = 3
text = {{ en = "What does this cost, and how has it developed?", zh-Hant-HK = "這帶來甚麼成本？情況如何演變？" }}
findings = ["M.sum", "M9", "M3", "M8", "M11"]

[[question]]
number = "4(a)"
text = {{ en = "How many of the pictures are labelled as made by artificial intelligence?", zh-Hant-HK = "有多少圖片標示為人工智能生成？" }}
findings = ["M12"]

[[question]]
number = "4(b)"
text = {{ en = "Should a register of such pictures be set up?", zh-Hant-HK = "應否為這些圖片設立登記冊？" }}

[submission]
submitter = {{ en = "Sample Association (invented)", zh-Hant-HK = "樣本協會（虛構）" }}
members = [
    {{ en = "Kwun Hoi Film and Photograph Archive (invented)", zh-Hant-HK = "觀海影像資料館（虛構）" }},
    {{ en = "Harbour Ledger News Library (invented)", zh-Hant-HK = "海港紀事新聞資料庫（虛構）" }},
    {{ en = "Brightquay Pictures Limited (invented)", zh-Hant-HK = "明埗圖片有限公司（虛構）" }},
    {{ en = "Tradewharf Portal (invented)", zh-Hant-HK = "貿埠門戶網站（虛構）" }},
]
members_asked = 5
confidentiality = "publish"
contact = {{ en = "the secretariat of the Sample Association (invented)", zh-Hant-HK = "樣本協會秘書處（虛構）" }}
signatory = {{ en = "A. Example, Chair (invented)", zh-Hant-HK = "主席 A. Example（虛構）" }}

[interests.funding]
en = "The Sample Association (invented) paid for the study out of members' fees."
zh-Hant-HK = "研究由樣本協會（虛構）以會費支付。"

[interests.interests]
en = "The four members own the collections; all of them would have to adopt what is decided, and one of them licenses pictures."
zh-Hant-HK = "四名會員擁有各圖片庫；所決定的措施均須由他們採用，其中一名會員出售圖片特許。"

[assurance]
analyst = {{ en = "B. Analyst (invented)", zh-Hant-HK = "B. Analyst（虛構）" }}
assurer = {{ en = "C. Assurer (invented)", zh-Hant-HK = "C. Assurer（虛構）" }}

[assurance.statement]
en = "The sums were computed again from the tables, by somebody whom no member employs. Whether the links are right is for reviewers of pairs to say; this person did not check it."
zh-Hant-HK = "各項總和由並非受僱於任何會員的人士根據表格重新計算。連結是否正確由圖像對的覆核員判斷；該人士沒有查核。"

[assurance.registered]
en = "No: the sample's settings were chosen while it was being made."
zh-Hant-HK = "否：樣本的設定是在製作期間選定的。"

[data.available]
en = "To everybody: the recipe of the sample, from which pictures and tables can be made again, and this run's tables."
zh-Hant-HK = "向所有人提供：樣本的製作方法（可據此重新製作圖片及表格），以及本次運行的表格。"

[data.withheld]
en = "Nothing of the sample. In a study of real collections, the pictures and everything that identifies them stay with their holders."
zh-Hant-HK = "樣本沒有保留不予提供的部分。若研究真實圖片庫，圖片及一切可識別圖片的資料均留在持有機構。"

[[affected.group]]
name = {{ en = "Picture agencies", zh-Hant-HK = "圖片代理商" }}
how = {{ en = "Licences are sold twice, or disputed, for pictures that several hold.", zh-Hant-HK = "多方持有的圖片，其特許會重複出售或引起爭議。" }}
size = {{ en = "1 to 49 employees", zh-Hant-HK = "1 至 49 名僱員" }}
source = {{ en = "invented for the sample", zh-Hant-HK = "為樣本而虛構" }}

[[affected.group]]
name = {{ en = "Archives and libraries", zh-Hant-HK = "檔案館及圖書館" }}
how = {{ en = "Staff look at the same pictures again and again, and cannot say whose they are.", zh-Hant-HK = "員工一再檢視相同的圖片，卻無法說明屬誰。" }}

[limits]
not_shown = [
{_NOT_SHOWN},
]
contrary = [
    {{ en = "Some of these copies are meant to exist, as access copies do; the sample does not tell which.", zh-Hant-HK = "部分副本本應存在，例如供閱覽的副本；樣本沒有指明是哪些。" }},
]

[[limits.unmet]]
standard = {{ en = "Response rate", zh-Hant-HK = "回應率" }}
reason = {{ en = "The member that did not take part gave no reason; in a sample it cannot.", zh-Hant-HK = "沒有參與的會員沒有提出理由；在樣本中亦無從提出。" }}
"""
_TEXTS = {
    "en": {
        "introduction": """\
The Sample Association, which is invented like everything in this paper, represents holders of pictures. It answers this
consultation with **figures that anybody can compute again**: the study found that {M1} of {N.hashed:value} were surplus copies.

The words of this text are the submitter's. A new run brings new figures into it and leaves the words alone.
""",
        "answer-1": """\
To a large extent, in this sample. By digests alone, without any judgement of likeness, {M1x:value} of the pictures were surplus copies;
with likeness, {M1:value}.
""",
        "answer-4(b)": """\
This study compares options but recommends none. If a register is set up, it should state, for each picture:

- which copies are known, and where;
- which of them its holders regard as authoritative;
- which statements about it contradict each other.
""",
        "members": """\
Two members (invented) told how such cases look from inside:

> We paid for a picture that we already had. It lay in another department, under another name.

> Each of us had a file that says who made it. The files did not agree, and nobody was wrong.
""",
        "request": """\
1. That copies held by several institutions be counted in the same way by all of them.
2. That statements of rights which were lost between copies, here {M7s:value}, be restored before pictures are licensed.
""",
    },
    "zh-Hant-HK": {
        "introduction": """\
樣本協會與本文的一切同屬虛構，代表持有圖片的機構。協會以**任何人均可重新計算的數字**回應是次諮詢：研究發現，在 {N.hashed:value}中，{M1}為多餘副本。

以上文字由提交者撰寫。每次重新運行只更新數字，不改動文字。
""",
        "answer-1": """\
在本樣本中，程度甚高。單憑摘要值計算，不涉任何相似度判斷，{M1x:value} 的圖片為多餘副本；連同相似的圖片計算，則為 {M1:value}。
""",
        "answer-4(b)": """\
本研究比較各方案，但不作建議。如設立登記冊，應就每幅圖片載明：

- 已知有哪些副本，存於何處；
- 持有機構視哪一份為權威副本；
- 有關該圖片的哪些記載互相矛盾。
""",
        "members": """\
兩名會員（虛構）講述這類個案的內情：

> 我們為一幅早已擁有的圖片付了款。它存放在另一個部門，用的是另一個名稱。

> 我們各有一個檔案載明創作者。各檔案說法不一，而沒有人出錯。
""",
        "request": """\
1. 由多個機構持有的副本，應由各機構以同一方式計算。
2. 在副本之間遺失的權利聲明（此處為 {M7s:value}），應在圖片獲授特許前恢復。
""",
    },
}
