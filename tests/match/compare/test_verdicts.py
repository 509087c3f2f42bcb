"""What a reason may say: nothing is claimed of what was not compared, and it reads right with left and right exchanged."""

import ast
import itertools
import re
from pathlib import Path

import numpy as np
import pytest

import dedupelab.match
from dedupelab.match.compare.colours import AGREE, GREY, HUE, ONE_GREY, ONE_TONE, TONED, Colours
from dedupelab.match.compare.examination import Finding
from dedupelab.match.compare.verdicts import Closer, swapped, word_verdict

ALL = re.compile(r"\b(every|all|only)\b")
COMPARED = ("decoded pixel", "metadata differ")
"""What digests claim, which cover what they name."""
MATCH = Path(dedupelab.match.__file__).parent
BOX = (0.1, 0.2, 0.6, 0.7)


def finding(left: float, right: float, share: float, *, turned: bool) -> Finding:
    angle = np.radians(90 if turned else 0)
    matrix = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    return Finding(
        matrix, False, 100, round(100 * share), 50, share, 0.1, 0.0, 0.0, 0.98, 0.05, 0.1, 7.0, 0.3, 0.9, left, right, BOX, BOX, None, None
    )  # fmt: skip


REASONS = [
    word_verdict(relation, finding(left, right, share, turned=turned), why, closer)
    for relation, why in (("near-identical", ""), ("derivative", ""), ("derivative", "recoloured"), ("undecided", "as it is"), ("variant", "as it is"))
    for left, right in ((1.0, 1.0), (0.4, 1.0), (1.0, 0.4), (0.4, 0.4))
    for share, turned in ((0.99, False), (0.6, True))
    for closer in (
        None,
        *(
            Closer(900, places, places[::-1], Colours(kind, of_left=side, share=0.2))
            for kind, side in itertools.product((AGREE, GREY, ONE_GREY, ONE_TONE, TONED, HUE), (False, True))
            for places in ((), (BOX, (0.8, 0.8, 0.9, 0.9)), (BOX,) * 9)
        ),
    )
]  # fmt: skip


def test_no_reason_of_a_comparison_speaks_of_all():
    """Blocks and places are counted; that every or all of something agrees, or only so much, is not what was compared."""
    assert len({each.reason for each in REASONS}) > 300
    assert [each.reason for each in REASONS if ALL.search(each.reason)] == []


def test_the_code_says_all_of_digests_alone():
    """Of the texts in the code of a match, docstrings aside, those that speak of all are the claims of digests."""
    said = set()
    for module in (
        *MATCH.glob("compare/*.py"),
        *(MATCH / name for name in ("exact.py", "frames.py", "templates.py")),
    ):
        tree = ast.parse(module.read_text("utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if id(node) not in prose and " " in text and ALL.search(text):
                said.add(text)
    assert {text for text in said if not any(known in text for known in COMPARED)} == set()


SENTENCES = {"reason", "reasons", "why"}
READING = {"replace", "startswith", "endswith", "removeprefix", "removesuffix", "split", "rsplit", "partition", "rpartition", "find", "index",
           "contains", "match", "fullmatch", "search", "sub", "extract", "finditer", "findall", "slice"}  # fmt: skip


def sentences(node: ast.AST) -> bool:
    """Whether an expression has to do with a sentence, by its names."""
    named = {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}
    keys = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
    return bool((named | keys) & SENTENCES)


def readings(tree: ast.AST) -> list[str]:
    """List where sentences are taken apart, searched or compared, except with nothing."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READING:
            reads = any(sentences(each) for each in (node.func.value, *node.args))
        elif isinstance(node, ast.Compare):
            alone = [each for each in (node.left, *node.comparators) if isinstance(each, ast.Name | ast.Attribute | ast.Subscript)]  # fmt: skip
            reads = any(sentences(each) for each in alone) and not any(
                isinstance(op, ast.Is | ast.IsNot) for op in node.ops
            )
        else:
            reads = False
        if reads:
            found.append(ast.unparse(node))
    return found


def test_no_code_reads_a_reason():
    """What a reason says is built of values; matches, the gate and merges decide by these and never by its words."""
    home = MATCH.parent
    modules = [path for folder in ("match", "gate", "exchange") for path in (home / folder).rglob("*.py")]
    found = {path.name: readings(ast.parse(path.read_text("utf-8"))) for path in modules}
    assert len(found) > 50
    assert {name: read for name, read in found.items() if read} == {}


@pytest.mark.parametrize(
    "source",
    [
        'found["reason"].str.replace("of left", "of the upload")',
        "why.endswith(MAYBE_TEMPLATE)",
        '"template" in verdict.reason',
        "SIDE.sub(other, reason)",
        'pairs[pairs["reason"].str.startswith(NEEDS)]',
        'verdict.reason == "undecided"',
    ],
)
def test_a_reading_is_noticed(source):
    """The test of sources can fail."""
    assert readings(ast.parse(source)) != []


@pytest.mark.parametrize("verdict", REASONS[::7])
def test_read_the_other_way_round_it_speaks_of_the_other_side(verdict):
    """Exchanged twice a verdict is itself; exchanged once, what was said of left is said of right."""
    other = swapped(verdict)
    assert swapped(other) == verdict
    assert (other.left_places, other.right_places) == (verdict.right_places, verdict.left_places)
    for side, far in (("left is grey", "right is grey"), ("% of left, its", "% of right, its")):
        if side in verdict.reason and far not in verdict.reason:
            assert far in other.reason
