"""JupyterLab on the lessons: `python -m figures.lab`."""
