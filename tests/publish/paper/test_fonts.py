"""Chinese is printed where the system has no font for it."""

import numpy as np
import pikepdf
import pytest
import typst
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from dedupelab.errors import ReportError
from dedupelab.publish.figures import style
from dedupelab.publish.language.language import speaking
from dedupelab.publish.paper import document as d
from dedupelab.publish.paper import fonts
from dedupelab.publish.paper import pdf as pdf_module
from dedupelab.publish.paper.pdf import render_pdf

CREDIT = "黃昏，升降機 骨直角曜返"


@pytest.fixture
def no_system_fonts(monkeypatch):
    """Leave matplotlib and Typst what they bring along, and the package's font."""
    own = [entry for entry in font_manager.fontManager.ttflist if "mpl-data" in entry.fname]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    folder = fonts.packaged_file().parent
    bare = typst.Fonts(include_system_fonts=False, font_paths=[folder])
    monkeypatch.setattr(pdf_module, "installed_fonts", lambda: bare)
    for kept in (style._families, style._without_font):
        kept.cache_clear()
    yield
    for kept in (style._families, style._without_font):
        kept.cache_clear()


def drawn(text, folder, name="figure"):
    with style.drawing() as canvas:
        canvas.subplots().set_title(text)
        return style.save(canvas, folder, name)


def mask(font, text):
    canvas = Image.new("L", (1200, 100))
    ImageDraw.Draw(canvas).text((10, 10), text, fill=255, font=font)
    return np.asarray(canvas) / 255


def test_the_face_is_hong_kongs():
    """Of the file's faces the one with Hong Kong's forms is taken, and its name is the one that Typst asks for."""
    file = fonts.packaged_file()
    with TTFont(file, fontNumber=fonts._FACE, lazy=True) as face:
        assert face["name"].getDebugName(1) == fonts.PACKAGED
    assert fonts.PACKAGED in typst.Fonts(include_system_fonts=False, font_paths=[file.parent]).families()
    assert set(CREDIT) - {" "} <= fonts.packaged_characters()


def test_a_part_is_the_font_at_regular_weight(tmp_path):
    """FreeType draws the part as it draws the variable font at weight 400, and not as at 100 or 700."""
    part = ImageFont.truetype(fonts.packaged_part(frozenset(CREDIT), tmp_path), 48)
    whole = ImageFont.truetype(fonts.packaged_file(), 48, index=fonts._FACE)
    ink = mask(part, CREDIT)
    differences = []
    for weight in (100, 400, 700):
        whole.set_variation_by_axes([weight])
        differences.append(np.abs(mask(whole, CREDIT) - ink).sum() / ink.sum())
    assert differences[1] < 0.02 < 0.2 < min(differences[0], differences[2])


def test_a_part_is_made_once(tmp_path):
    """A font that was cut before is taken from the folder, also by another process; nothing else is left there."""
    path = fonts.packaged_part(frozenset(CREDIT), tmp_path)
    made = path.read_bytes()
    fonts.packaged_part.cache_clear()
    assert fonts.packaged_part(frozenset(CREDIT), tmp_path) == path
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [made]


def test_a_paper_shows_chinese(no_system_fonts, tmp_path):
    """The PDF embeds the packaged font, and nothing is printed by code point."""
    blocks = [d.Paragraph([f"by {CREDIT}", d.Strong("陳大文"), d.Lang("電影", "zh-Hant-HK")])]
    assert render_pdf(d.Document("A title", blocks=blocks), tmp_path / "a.pdf") == ()
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        names = {
            str(o.FontName) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/FontName" in o
        }
    assert any("NotoSansCJKhk" in name for name in names), names


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["en", "zh-Hant-HK"])
def test_a_figure_shows_chinese(no_system_fonts, tmp_path, tag):
    """Every character of a label is drawn, in both papers."""
    with speaking(tag):
        vector, _raster = drawn(CREDIT, tmp_path)
    text = vector.read_text("utf-8")
    assert text.count('id="NotoSansCJKhk-') >= len(set(CREDIT) - {" ", "，"})


def test_the_same_figure_has_the_same_bytes_whatever_was_drawn_before(no_system_fonts, tmp_path):
    """Which part of the font a figure is drawn with hangs on its own labels and the language alone."""
    with speaking("zh-Hant-HK"):
        first = drawn(CREDIT, tmp_path, "first")
        drawn("圖像重複的另一些文字", tmp_path, "another")
        style._families.cache_clear()
        again = drawn(CREDIT, tmp_path, "again")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


def test_a_font_of_the_system_goes_first(no_system_fonts, tmp_path, monkeypatch):
    """Where the system has a family with Hong Kong's forms, figures are drawn with that one."""
    part = fonts.packaged_part(frozenset(CREDIT), tmp_path)
    entry = font_manager.FontEntry(fname=str(part), name="Noto Sans HK", weight=400)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [*font_manager.fontManager.ttflist, entry])
    assert style._families(CREDIT, frozenset()) == ("DejaVu Sans", "Noto Sans HK")


def test_what_no_font_has_is_no_box(no_system_fonts, tmp_path):
    """A name is shown with code points where no font has its characters; any other text is refused."""
    assert style.label("黃 \U00010c00") == "黃 [U+10C00]"
    with pytest.raises(ReportError, match=r"U\+10C00"):
        drawn("黃 \U00010c00", tmp_path)


def test_without_the_package_a_missing_glyph_names_another(no_system_fonts, tmp_path, monkeypatch):
    """Where no font has Chinese, the error says what to install."""
    monkeypatch.setattr(style, "packaged_characters", frozenset)
    with pytest.raises(ReportError, match="install the font package fonts-noto-cjk"):
        drawn("陳大文", tmp_path)
