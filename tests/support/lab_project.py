"""Where the lesson of the small project lies that the tests of JupyterLab open."""

NAME = "notebooks/ssl/1_short"
