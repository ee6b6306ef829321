"""Sphinx configuration of the course site."""

from importlib.metadata import version as _version
from pathlib import Path as _Path

project = "Learning with complex synapses"
author = "the authors of the suite"
version = release = _version("complex-synapses")
language = "en"

extensions = ["myst_nb", "sphinx_design"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
root_doc = "index"
exclude_patterns = ["_build"]

# Lessons are shown as they were executed: nothing runs here.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type", "myst.header"]

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = [str(_Path(__file__).parent / "static")]
html_css_files = ["suite.css"]
html_js_files = ["suite.js", "proof.js", "lesson.js"]
html_extra_path = [str(_Path(__file__).parent.parent / ".build" / "book" / "extra")]
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_context = {"default_mode": "auto"}  # the reader's own choice of light or dark
html_theme_options = {
    "show_toc_level": 2,
    "show_navbar_depth": 1,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_source_button": False,
    "home_page_in_toc": False,
    "navbar_persistent": [],  # the search stands in the margin
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# A single file that holds its fonts: no request leaves the site.
mathjax_path = "tex-svg.js"
mathjax3_config = {
    "tex": {"macros": {}, "tags": "none", "packages": {"[+]": ["ams"]}},
    "svg": {"fontCache": "local"},
    "options": {"enableMenu": False},
}
