"""Notebooks run by papermill, checked before and made fit to be handed on after."""
