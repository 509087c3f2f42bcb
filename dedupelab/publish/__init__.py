"""Numbers become pages: figures, notebook runs, and one document as HTML, PDF and DOCX."""
