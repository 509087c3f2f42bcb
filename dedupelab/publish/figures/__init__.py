"""Figures from plain numbers, each with its finding as title and alternative text."""
