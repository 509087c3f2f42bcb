"""Which parts of a text are evidently in another language than the paper, for readers aloud, hyphenation and spelling.

Only what the script tells for certain, and only stretches that are read as words: names of people and codes stay in the
language of the paper around them (WCAG 2.2, 3.1.2 makes the same exception).
"""

import re

_SCRIPTS = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\u1100-\u11ff\uac00-\ud7af"),
    ("zh-Hant-HK", "\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    ("ar", "\u0600-\u06ff\u0750-\u077f"),
    ("he", "\u0590-\u05ff"),
)
_EAST = "".join(letters for _tag, letters in _SCRIPTS[:3])
_EASTERN = re.compile(rf"[{_EAST}](?:[{_EAST}\u3000-\u303f\uff00-\uff65、。・ー]*[{_EAST}])?")
_LEFTWARD = re.compile(
    r"[\u0590-\u06ff\u0750-\u077f](?:[\u0590-\u06ff\u0750-\u077f\s،؛؟]*[\u0590-\u06ff\u0750-\u077f])?"
)
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’]*(?:[\s,.;:()“”‘’\"'–\-/\d%]+[A-Za-z][A-Za-z'’]*){2,}[.!?]?")
_WORD = re.compile(r"\b[a-z]{2,}\b")
_SENTENCE = 3
"""Words in small letters that make a stretch of Latin letters English rather than a name."""


def language_runs(text: str, tag: str) -> list[tuple[str, str]]:
    """Return the text in parts, each with the BCP 47 tag of its language; an empty tag is the paper's own.

    >>> language_runs("by 陳大文, 1960", "en-GB")
    [('by ', ''), ('陳大文', 'zh-Hant-HK'), (', 1960', '')]
    >>> language_runs("用途：to count the copies of all members。", "zh-Hant-HK")
    [('用途：', ''), ('to count the copies of all members', 'en'), ('。', '')]
    >>> language_runs("≠ Author of the archive", "zh-Hant-HK")
    [('≠ Author of the archive', 'en')]
    """
    if text.isascii() and not tag.startswith(("zh", "ja", "ko")):
        return [(text, "")]
    found: list[tuple[str, str]] = []
    place = 0
    for start, end, language in sorted(_stretches(text, tag)):
        if start < place:
            continue
        found += [(text[place:start], ""), (text[start:end], language)]
        place = end
    found.append((text[place:], ""))
    parts = [part for part in found if part[0]] or [(text, "")]
    if len(parts) > 1 and not any(letter.isalnum() for letter in parts[0][0]):
        # A sign in front is read with what it stands before, as ≠ is.
        parts[:2] = [(parts[0][0] + parts[1][0], parts[1][1])]
    return parts


def _stretches(text: str, tag: str) -> list[tuple[int, int, str]]:
    own = tag.partition("-")[0]
    found = []
    for pattern in (_EASTERN, _LEFTWARD):
        for match in pattern.finditer(text):
            language = _of(match[0])
            # Chinese characters stand in Japanese and Korean texts too: only what those have alone sets Chinese apart.
            if language.partition("-")[0] != own and not (own in {"ja", "ko"} and language.startswith("zh")):
                found.append((match.start(), match.end(), language))
    if own in {"zh", "ja", "ko", "ar", "he"}:
        found += [
            (match.start(), match.end(), "en")
            for match in _ENGLISH.finditer(text)
            if len(_WORD.findall(match[0])) >= _SENTENCE
        ]
    return found


def _of(stretch: str) -> str:
    """Return the language whose letters the stretch has: kana before characters, for Japanese has both."""
    return next(tag for tag, letters in _SCRIPTS if re.search(f"[{letters}]", stretch))
