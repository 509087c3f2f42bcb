"""Code decides by fields: no module of the package reads a text that people read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "dedupelab"
TEXTS = {"label", "caveat", "caveats", "method", "needs", "denominator_label", "interval_method", "reason"}
"""What a result and a row say to people: attributes and columns."""
SAYING = {
    "_", "told", "counted", "word", "plural", "original", "unwritten", "capital", "label_of", "with_interval",
    "figure", "quantity", "interval", "named_interval", "option_name", "grade",
}  # fmt: skip
"""Functions that return what people read, by their last name."""
READING = {
    "find", "rfind", "index", "rindex", "partition", "rpartition", "split", "rsplit", "splitlines", "startswith", "endswith",
    "removeprefix", "removesuffix", "replace", "contains", "match", "fullmatch", "extract",
}  # fmt: skip
"""Methods that look into a text or cut it, those of columns of texts among them."""
PATTERNS = {"search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"}
"""Functions of `re`."""
KEEPING = {"str", "joined", "list", "tuple", "lower", "casefold", "strip"}
"""Functions and methods whose result is the text that they were given, in another form."""
DEEPEST = 5
MACHINERY = {"publish/language/language.py"}
"""Makes the texts: it takes measure words off translations and fills placeholders."""
Scope = dict[str, ast.expr]


def last_name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def says(expression: ast.AST, scope: Scope, depth: int = 0) -> bool:
    """Whether an expression is a text for people, as far as a source shows."""
    match expression:
        case ast.Attribute(attr=name) if name in TEXTS:
            return True
        case ast.Subscript(value=whole, slice=ast.Constant(value=str() as name)):
            # An entry of JSON or a line of a file is read before it is a result.
            return name in TEXTS and not (
                isinstance(whole, ast.Name) and whole.id in {"entry", "row", "facts"}
            )
        case ast.Call(func=function) if last_name(function) in SAYING:
            return True
    return depth < DEEPEST and any(says(each, scope, depth + 1) for each in within(expression, scope))


def within(expression: ast.AST, scope: Scope) -> list[ast.expr]:
    """Return the expressions out of which another makes a text."""
    match expression:
        case ast.Call(func=function, args=given) if last_name(function) in KEEPING:
            return [*given, *([function.value] if isinstance(function, ast.Attribute) else [])]
        case ast.Attribute(value=whole, attr="str") | ast.Subscript(value=whole) | ast.NamedExpr(value=whole):
            return [whole]
        case ast.JoinedStr(values=parts):
            return [part.value for part in parts if isinstance(part, ast.FormattedValue)]
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=values):
            return values
        case ast.Name(id=name) if name in scope:
            return [scope[name]]
    return []


def scope_of(function: ast.AST) -> Scope:
    """Return what names are bound to within a function; of several bindings one that is a text."""
    found: Scope = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                pass
            case (
                ast.For(target=ast.Name(id=name), iter=value)
                | ast.comprehension(target=ast.Name(id=name), iter=value)
            ):
                pass
            case _:
                continue
        if name not in found or not says(found[name], {}):
            found[name] = value
    return found


def readings(source: str) -> Iterator[str]:
    """Yield where a source looks into a text that people read."""
    tree = ast.parse(source)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    seen = set()
    for part in (*functions, tree):
        scope = scope_of(part) if part is not tree else {}
        for node in ast.walk(part):
            if id(node) in seen or not isinstance(node, ast.Call | ast.Compare):
                continue
            if reads(node, scope):
                seen.add(id(node))
                yield f"{node.lineno}: {ast.unparse(node)[:120]}"


def reads(node: ast.Call | ast.Compare, scope: Scope) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name), args=given) if name in PATTERNS:
            return any(says(each, scope) for each in given)
        case ast.Call(func=ast.Attribute(value=text, attr=name), args=given) if name in READING | PATTERNS:
            pattern = (
                isinstance(text, ast.Name) and text.id.isupper() and any(says(each, scope) for each in given)
            )
            return says(text, scope) or pattern
        case ast.Compare(ops=[ast.In() | ast.NotIn()], left=left, comparators=[right]):
            letters = isinstance(right, ast.Constant) and isinstance(right.value, str) and says(left, scope)
            return letters or (
                isinstance(left, ast.Constant) and isinstance(left.value, str) and says(right, scope)
            )
    return False


def test_no_module_reads_what_people_read():
    """Labels, caveats, methods, needs, reasons and whatever `_` and `told` return are neither searched nor cut."""
    found = [
        (path.relative_to(PACKAGE).as_posix(), reading)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in MACHINERY
        for reading in readings(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "at = result.caveat.find('as ')",
        "head, _, tail = str(result.caveat).partition('as ')",
        "'attribution' in result.method",
        "'unreviewed' not in str(result.caveat)",
        "re.search(r'attribut', result.method)",
        "PATTERN.search(str(result.method))",
        "result.label.startswith('Doing nothing')",
        "option = told(result.label).split(',')[0]",
        "figure=_('Figure {number}').partition(' {')[0]",
        "wording.interval(result).removesuffix(' %')",
        "pairs[pairs['reason'].str.startswith('needs the pixels')]",
        "def f(r):\n    caveat = told(r.caveat)\n    return caveat.replace('at least', '')",
        "def f(r):\n    for need in r.needs:\n        if str(need).endswith('prices'):\n            return need",
        "def f(r):\n    text = f'{r.method} {r.caveat}'\n    return 'census' in text",
        "def f(r):\n    if (said := _('yes')).startswith('y'):\n        return said",
        "result.interval_method.removeprefix('none: ')",
        "result.denominator_label.split()[-1]",
        "[n for n in result.needs if 'harm.' in n.casefold()] or 'x' in result.needs",
    ],
)
def test_a_reading_is_noticed(source):
    """The test can fail: each of the ways in which code has read a sentence."""
    assert [*readings(source)] != []


@pytest.mark.parametrize(
    "source",
    [
        "result.id.startswith('M1.in.')",
        "decision.label in DUPLICATES",
        "decision.label == 'same'",
        "result.about('option').startswith('x')",
        "replace(result, method=message('counted.'))",
        "line = path.name.partition('Z')[0]",
        "'collection' in dict(result.subject)",
        "_('{low} to {high}', low=a, high=b)",
        "def f(r):\n    return [told(need) for need in r.needs]",
    ],
)
def test_ids_and_fields_may_be_read(source):
    """The test can pass."""
    assert [*readings(source)] == []
