"""Say how much of each page of a run's papers is empty: of the PDFs, and of the Word documents as LibreOffice sets them.

    python tests/campaigns/pages.py RUN [--most 0.34]

A page is empty below its lowest ink above the footer. Exit code 1 where a page is emptier than `--most`, but the last one and those after which a
chapter or annex begins. Needs pdftoppm and pdftotext, and soffice for Word documents. The fonts at hand decide where Word's pages end.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import docx
import numpy as np
from PIL import Image

TOP, BOTTOM, HEIGHT = 2.3, 2.0, 29.7
"""Centimetres of the margins, and of a page."""
DOTS = 36


def emptiness(pdf: Path) -> list[float]:
    """Return the share of each page below its lowest ink."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["pdftoppm", "-r", str(DOTS), "-gray", str(pdf), f"{name}/page"], check=True)
        found = []
        for file in sorted(Path(name).glob("*.pgm")):
            pixels = np.asarray(Image.open(file))
            first, last = (int(len(pixels) * part) for part in (TOP / HEIGHT, (HEIGHT - BOTTOM) / HEIGHT))
            inked = np.flatnonzero((pixels[first:last] < 200).any(axis=1))
            found.append(1 - (inked[-1] + 1) / (last - first) if len(inked) else 1.0)
        return found


def begins_chapter(pdf: Path, page: int, chapters: set[str]) -> bool:
    """Whether a page's text begins with the heading of a chapter or annex."""
    words = ["pdftotext", "-f", str(page), "-l", str(page), "-y", "70", "-x", "0", "-W", "600", "-H", "60"]
    text = subprocess.run([*words, str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return any(together(text).startswith(chapter[:20]) for chapter in chapters)


def together(text: str) -> str:
    """Return a text without its spaces."""
    return re.sub(r"\s", "", text)


def main() -> int:
    """Measure every paper, summary and letter of a run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--most", type=float, default=0.34)
    asked = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        for word in sorted(asked.run.glob("*.docx")):
            headings = [p.text for p in docx.Document(str(word)).paragraphs if p.style.name == "Heading 1"]
            chapters = set(map(together, headings))
            made = [word.with_suffix(".pdf")]
            if shutil.which("soffice"):
                command = ["soffice", f"-env:UserInstallation=file://{name}/user", "--headless"]
                subprocess.run(
                    [*command, "--convert-to", "pdf", "--outdir", name, str(word)],
                    check=True,
                    capture_output=True,
                )
                made.append(Path(name) / f"{word.stem}.pdf")
            for pdf, kind in zip(made, ("pdf", "docx"), strict=False):
                pages = emptiness(pdf)
                over = [
                    f"page {n}: {share:.0%}"
                    for n, share in enumerate(pages[:-1], 1)
                    if share > asked.most and not begins_chapter(pdf, n + 1, chapters)
                ]
                bad += len(over)
                print(f"{word.stem}.{kind}: {len(pages)} pages, {', '.join(over) or 'none too empty'}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
