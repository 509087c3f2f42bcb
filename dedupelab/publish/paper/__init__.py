"""One document model, written as HTML, PDF and DOCX."""
