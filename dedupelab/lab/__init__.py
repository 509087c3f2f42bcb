"""JupyterLab for a study; thin, it calls the folders above."""
