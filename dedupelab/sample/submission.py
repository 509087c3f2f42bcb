"""The sample's consultation and its authors' texts: all of it invented, and saying so."""


def submission_files(*, reviewed: bool = False) -> dict[str, str]:
    """Return consultation.toml and the texts beside it, by their place in the study; with `reviewed` they say that a review was simulated."""
    profile, texts = _PROFILE, _TEXTS
    if reviewed:
        profile = profile.replace(_NOT_SHOWN, f'{_NOT_SHOWN},\n             "{_SIMULATED}"')
        texts = texts | {
            "introduction": f"{texts['introduction']}\n{_SIMULATED}\n",
            "method": f"{_SIMULATED}\n",
        }
    return {PROFILE: profile, **{f"text/{name}.en.md": text for name, text in texts.items()}}


PROFILE = "consultation.toml"
_NOT_SHOWN = '"The sample\'s copies were planted, so its shares say nothing of any real collection."'
_SIMULATED = (
    "The review was simulated: nobody looked at a pair. Both reviewers are invented, and their answers were taken from the known truth "
    "of the sample, so that they never err."
)
_PROFILE = """\
# What the sample study is handed in to. Consultation, bureau, questions, members and persons are invented.

[consultation]
name = "Consultation on Records of Shared Pictures (invented)"
reference = "EX 1/2026"
jurisdiction = "nowhere: an example"
recipient = ["The Secretary", "Bureau of Pictures and Records (invented)", "1 Example Road"]
deadline = 2099-12-31
source = "example of the dedupelab package"

[[question]]
number = 1
text = "To what extent do institutions hold the same pictures?"
findings = ["M1", "M1x", "M4.any"]

[[question]]
number = 2
text = "Do the records of such pictures agree on who made them and who may use them?"
findings = ["M5.creator", "M7s", "M6b"]

[[question]]
number = 3
text = "What does this cost, and how has it developed?"
findings = ["M3", "M8", "M9", "M.sum", "M11"]

[[question]]
number = "4(a)"
text = "How many of the pictures are labelled as made by artificial intelligence?"
findings = ["M12"]

[[question]]
number = "4(b)"
text = "Should a register of such pictures be set up?"

[submission]
submitter = "Sample Association (invented)"
members = ["Kwun Hoi Film and Photograph Archive (invented)", "Harbour Ledger News Library (invented)",
           "Brightquay Pictures Limited (invented)", "Tradewharf Portal (invented)"]
members_asked = 7
confidentiality = "publish"
contact = "the secretariat of the Sample Association (invented)"
signatory = "A. Example, Chair (invented)"

[interests]
funding = "The Sample Association (invented) paid for the study out of members' fees."
interests = "The four members own the collections; all of them would have to adopt what is decided, and one of them licenses pictures."

[assurance]
analyst = "B. Analyst (invented)"
assurer = "C. Assurer (invented)"
statement = "The sums were computed again from the tables, by somebody whom no member employs. Whether the links are right is for reviewers of pairs to say; this person did not check it."
registered = "No: the sample's settings were chosen while it was being made."

[data]
available = "To everybody: the recipe of the sample, from which pictures and tables can be made again, and this run's tables."
withheld = "Nothing of the sample. In a study of real collections, the pictures and everything that identifies them stay with their holders."

[[affected.group]]
name = "Picture agencies"
how = "Licences are sold twice, or disputed, for pictures that several hold."
size = "1 to 49 employees"
source = "invented for the sample"

[[affected.group]]
name = "Archives and libraries"
how = "Staff look at the same pictures again and again, and cannot say whose they are."

[limits]
not_shown = ["The sample's copies were planted, so its shares say nothing of any real collection."]
contrary = ["Some of these copies are meant to exist, as access copies do; the sample does not tell which."]

[[limits.unmet]]
standard = "Response rate"
reason = "The three members that did not take part gave no reason; in a sample they cannot."
"""
_TEXTS = {
    "introduction": """\
The Sample Association, which is invented like everything in this paper, represents holders of pictures. It answers this
consultation with **figures that anybody can compute again**: the study found that {M1} of {N.hashed:value} were surplus copies.

This text stands in `text/introduction.en.md` of the study. A new run brings new figures into it and leaves the words alone.
""",
    "answer-1": """\
To a large extent, in this sample. By digests alone, which nobody can dispute, {M1x:value} of the pictures were surplus copies;
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
}
