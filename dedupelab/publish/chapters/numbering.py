"""Numbered paragraphs, which others can cite, made of messages in the language that is being written."""

from dataclasses import dataclass

from dedupelab.publish.language.language import _, pieces
from dedupelab.publish.paper.document import Paragraph, Run, Strong, Text


@dataclass
class Numbering:
    """Counts the paragraphs of one section, so that others can cite them."""

    section: str
    last: int = 0

    def __call__(self, text: Text, **facts: object) -> Paragraph:
        """Return the next numbered paragraph; `facts` are what it states, for checks."""
        self.last += 1
        stated = [(name, str(value)) for name, value in facts.items()]
        return Paragraph(text, number=f"{self.section}.{self.last}", facts=tuple(stated))

    def leads(self, lead: str, *text: Run) -> Paragraph:
        """Return the next numbered paragraph, which begins with a finding in strong letters."""
        return self([Strong(lead), *text])

    def says(self, message: str, /, **values: object) -> Paragraph:
        """Return the next numbered paragraph: a message in the current language with its values."""
        return self(_(message, **values))

    def pieces(self, message: str, /, **values: object) -> Paragraph:
        """Return the next numbered paragraph: a message whose values may be references."""
        return self(pieces(message, **values))
