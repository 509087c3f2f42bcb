"""Catalogues say what the sources say: nothing missing, nothing left over, nothing lost on the way."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import dedupelab
from dedupelab.publish.language.messages import main, messages, update
from dedupelab.publish.language.translations import languages

PACKAGE = Path(dedupelab.__file__).parent
TAGS = sorted(languages())
SAYING = {"message": 1, "N_": 1, "_": 1, "pieces": 1, "plural": 2, "says": 1}
"""What says a text, and how many of its first arguments are texts."""
MACHINERY = {"numbers/messages.py", "publish/chapters/numbering.py", "publish/language/language.py"}
"""The modules that define these functions: they pass on what others say."""


def catalog_of(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def forms(text: object) -> list[str]:
    return [str(each) for each in text] if isinstance(text, tuple | list) else [str(text or "")]


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None}


@dataclass
class Module:
    """The syntax tree of a source, with what its names stand for."""

    name: str
    tree: ast.Module
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                self.constants |= {t.id: node.value for t in targets if isinstance(t, ast.Name)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dedupelab"):
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = (node.module, alias.name)


@cache
def module_of(dotted: str) -> Module | None:
    path = PACKAGE.parent / Path(*dotted.split("."))
    path = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
    if not path.exists():
        return None
    return Module(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8")))


@cache
def modules() -> tuple[Module, ...]:
    return tuple(
        Module(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


def called(node: ast.AST) -> str:
    """Name the function that a call calls, by its last part."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def unmarked(value: ast.expr) -> list[str]:
    """List the texts of a constant that no `N_` marks; the keys of a mapping are no texts."""
    if called(value) in {"N_", "message"}:
        return []
    if isinstance(value, ast.Constant):
        return [value.value] if isinstance(value.value, str) else []
    if isinstance(value, ast.JoinedStr):
        return [ast.unparse(value)]
    inner = (
        [each for each in value.values if each is not None]
        if isinstance(value, ast.Dict)
        else [each for each in ast.iter_child_nodes(value) if isinstance(each, ast.expr)]
    )
    return [text for each in inner for text in unmarked(each)]


DEEPEST = 6
"""Steps from a call back to the constant that its text comes from."""


class Texts:
    """Finds where the text of a call comes from; what cannot be followed is a finding."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.scopes: list[dict[str, list[ast.expr]]] = []

    def findings(self) -> Iterator[str]:
        yield from self._within(self.module.tree)

    def _within(self, node: ast.AST) -> Iterator[str]:
        scoped = isinstance(node, ast.FunctionDef | ast.Lambda)
        if scoped:
            self.scopes.append(_bound(node))
        if (count := SAYING.get(called(node))) and isinstance(node, ast.Call):
            for argument in node.args[:count]:
                for reason in self._source(argument, called(node)):
                    yield f"{self.module.name}:{node.lineno}: {ast.unparse(argument)}: {reason}"
        for child in ast.iter_child_nodes(node):
            yield from self._within(child)
        if scoped:
            self.scopes.pop()

    def _source(self, expression: ast.expr, function: str, depth: int = 0) -> list[str]:
        """Say why the text is not one that the catalogues know; nothing where it is."""
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str) and not depth:
            return []
        if (
            isinstance(expression, ast.Constant | ast.Tuple | ast.List | ast.Dict)
            or called(expression) == "N_"
        ):
            return [f"{text!r} is not marked" for text in unmarked(expression)]
        if isinstance(expression, ast.Name) and not any(expression.id in scope for scope in self.scopes):
            return self._constant(expression.id)
        parts = self._parts(expression) if depth < DEEPEST else []
        if not parts:
            return ["comes from nowhere that can be followed"]
        return [reason for part in parts for reason in self._source(part, function, depth + 1)]

    def _parts(self, expression: ast.expr) -> list[ast.expr]:
        """Return the expressions that a text comes out of."""
        match expression:
            case ast.Name(id=name):
                return next(scope[name] for scope in reversed(self.scopes) if name in scope)
            case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.BitOr(), right=other):
                return [one, other]
            case (
                ast.Subscript(value=whole)
                | ast.Call(func=ast.Attribute(value=whole, attr="values" | "items"))
            ):
                return [whole]
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in self.module.imported:
                other = module_of(".".join(self.module.imported[owner]))
                return [other.constants[name]] if other is not None and name in other.constants else []
        return []

    def _constant(self, name: str) -> list[str]:
        module: Module | None = self.module
        if name in self.module.imported:
            dotted, name = self.module.imported[name]
            module = module_of(dotted)
        if module is None or name not in module.constants:
            return ["is no constant"]
        return [f"{text!r} is not marked" for text in unmarked(module.constants[name])]


def _bound(function: ast.AST) -> dict[str, list[ast.expr]]:
    """Return what the names within a function are bound to: by assignment, and by going through something."""
    found: dict[str, list[ast.expr]] = {}

    def bind(target: ast.expr, value: ast.expr) -> None:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                found.setdefault(name.id, []).append(value)

    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                bind(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            bind(node.target, node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            bind(node.target, node.iter)
    arguments = getattr(function, "args", None)
    for argument in [*arguments.args, *arguments.kwonlyargs] if arguments else []:
        found.setdefault(argument.arg, [])
    return found


def literals(tree: ast.AST) -> Iterator[str]:
    """Yield each text that a source says by itself."""
    for node in ast.walk(tree):
        for argument in node.args[: SAYING.get(called(node), 0)] if isinstance(node, ast.Call) else []:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                yield argument.value


@pytest.mark.parametrize("tag", TAGS)
def test_every_message_is_translated(tag):
    """The sources hold no message that a catalogue of the package lacks or leaves empty."""
    catalog = catalog_of(languages()[tag])
    lacking = [
        m.id
        for m in messages()
        if m.id
        and (
            (found := catalog.get(forms(m.id)[0])) is None or found.id != m.id or not all(forms(found.string))
        )
    ]
    assert lacking == []


@pytest.mark.parametrize("tag", TAGS)
def test_a_catalogue_has_every_text_of_the_syntax_trees(tag):
    """What the gathering of messages overlooks would be English for ever: the trees are read a second time, by the test."""
    known = {form for m in catalog_of(languages()[tag]) if m.id for form in forms(m.id)}
    said = {text for module in modules() for text in literals(module.tree)}
    assert len(said) > 1000
    assert said - known == set()


def test_every_text_is_a_literal_or_comes_from_marked_constants():
    """A text made up while the program runs is in no catalogue."""
    found = [
        finding
        for module in modules()
        if module.name not in MACHINERY
        for finding in Texts(module).findings()
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "message(f'{count} pictures')",
        "message('pictures of ' + holder)",
        "WORDS = {'a': 'pictures'}\nmessage(WORDS[key])",
        "WORDS = ('pictures', N_('works'))\n_(WORDS[0])",
        "def f(text):\n    return message(text)",
        "def f(words):\n    for each in ('a', 'b'):\n        _(each)",
        "message(' '.join(parts))",
        "message(result.unit)",
        "plural('{count} picture', MANY, 2)",
    ],
)
def test_a_text_made_up_is_noticed(source):
    """The test of sources can fail."""
    assert [*Texts(Module("made/up.py", ast.parse(source))).findings()] != []


@pytest.mark.parametrize(
    "source",
    [
        "message('pictures of {holder}', holder=name)",
        "WORDS = {'a': N_('pictures')}\nmessage(WORDS[key])",
        "WORDS = {'a': (N_('pictures'), 1)}\ndef f():\n    for words, n in WORDS.values():\n        _(words, n=n)",
        "WORDS = N_('pictures')\ndef f():\n    words = WORDS if all else N_('works')\n    return pieces(words)",
    ],
)
def test_a_marked_text_is_none(source):
    """The test of sources can pass."""
    assert [*Texts(Module("made/up.py", ast.parse(source))).findings()] == []


@pytest.mark.parametrize("tag", TAGS)
def test_no_translation_is_left_over(tag):
    """A message that the sources no longer say is dropped; none is fuzzy, for a guess is no translation."""
    sources = messages()
    catalog = catalog_of(languages()[tag])
    assert [m.id for m in catalog if m.id and sources.get(forms(m.id)[0]) is None] == []
    assert [m.id for m in catalog if m.id and m.fuzzy] == []


@pytest.mark.parametrize("tag", TAGS)
def test_translations_keep_placeholders(tag):
    """Every placeholder of a message, with its number format, is in each form of its translation, and no other."""
    wrong = [
        (m.id, form)
        for m in catalog_of(languages()[tag])
        if m.id
        for form in forms(m.string)
        if placeholders(form) != set().union(*map(placeholders, forms(m.id)))
    ]
    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_a_catalogue_is_as_the_update_writes_it(tag, tmp_path):
    """Bringing a catalogue of the package up to date changes not a byte of it: a difference is a translation."""
    path = tmp_path / f"{tag}.po"
    path.write_bytes(languages()[tag].read_bytes())
    assert update(path) == []
    assert path.read_bytes() == languages()[tag].read_bytes()


def test_chinese_is_set_as_hong_kong_sets_it():
    """Full-width marks beside Chinese, Western digits, a space between Chinese and Western letters."""
    wrong = []
    for m in catalog_of(languages()["zh-Hant-HK"]):
        for form in forms(m.string) if m.id else []:
            text = re.sub(r"\{[^}]*\}", "", form)
            tight = re.search(r"[\u4e00-\u9fff][A-Za-z0-9%]|[A-Za-z0-9%][\u4e00-\u9fff]", form)
            narrow = re.search(r"[\u4e00-\u9fff] ?[,;:!?()]|[,;:!?()] ?[\u4e00-\u9fff]", text)
            digits = re.search(r"[０-９]", text)
            if tight or narrow or digits:
                wrong.append(form)
    assert wrong == []


def test_an_update_keeps_translations_and_drops_what_is_unused(tmp_path):
    """A catalogue that is brought up to date has every message, today's translations, and no guess."""
    path = tmp_path / "de.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Contents"\nmsgstr "Inhalt"\n\nmsgid "said no more"\nmsgstr "nie mehr gesagt"\n',
        encoding="utf-8",
    )
    lacking = update(path)
    catalog = catalog_of(path)
    assert catalog.get("Contents").string == "Inhalt"
    assert catalog.get("said no more") is None
    assert len(lacking) == len([m for m in messages() if m.id]) - 1
    before = path.read_bytes()
    update(path)
    assert path.read_bytes() == before


def test_the_command_makes_a_new_catalogue(tmp_path, capsys):
    """One file for a language that nobody has begun: all messages, none translated."""
    main([str(tmp_path / "fr.po")])
    assert "without a translation" in capsys.readouterr().out
    assert "nplurals=2" in (tmp_path / "fr.po").read_text("utf-8")


def test_measure_words_stand_only_where_they_are_taken_off():
    """Only what `told`, `counted` and `word` say may hold the bar behind a measure word: a text shown by `_` would print it."""
    shown = {
        text
        for module in modules()
        for node in ast.walk(module.tree)
        if called(node) in {"_", "plural", "pieces", "says"}
        for text in literals(ast.Expression(node))  # type: ignore[arg-type]  # a call is an expression
    }
    printed = [
        m.id
        for tag in TAGS
        for m in catalog_of(languages()[tag])
        if m.id and any("|" in form for form in forms(m.string)) and shown & {*forms(m.id)}
    ]
    assert printed == []
