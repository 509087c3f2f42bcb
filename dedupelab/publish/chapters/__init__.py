"""The paper's chapters: each takes numbers, tables and figures and returns blocks; none computes a number."""
