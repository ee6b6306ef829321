"""The built site in a real browser: nothing is fetched, nothing fails, everything fits a phone.

Needs `make book` and Chromium; without them these tests say that they were skipped. Opens a page of
each kind; `make pages` (SITE_PAGES=all) opens every page of the site.
"""

import functools
import http.server
import json
import os
import threading
import zipfile

import pytest

from book.live import PYODIDE
from book.live_lessons import wheels
from figures.files import BUILD

browser = pytest.importorskip("browser")
SITE = BUILD / "book" / "site"
pytestmark = [
    pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not (SITE / "index.html").is_file(), reason="no site: say make book"),
]
LESSON = "lessons/metaplasticity/1_quadratic_binary_task.html"
SAMPLE = [
    "index.html",
    "lessons/index.html",
    LESSON,
    "lessons/ssl/2_linear_dynamics_euclidean.html",
    "lessons/holo_ep/4_asymmetry.html",
    "figures/index.html",
    "figures/metaplasticity/qbt_b.html",
    "equations/index.html",
    "equations/metaplasticity.quadratic_task.averaging.html",
    "equations/ep.node_order.order_of_nodes.html",
    "equations/metaplasticity.rotation.polarisation.html",  # long names of figures
    "notation.html",
    "glossary.html",
    "errata.html",
    "recipes/hessian.html",
    "api/index.html",
    "api/theory.metaplasticity.quadratic_task.html",
    "api/theory.consolidation.storage_capacity.html",  # a wide table
    "api/theory.bnn.optimizer.html",  # long names
    "search.html",
]
EVERY = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if not {"_static", "_sources"} & set(path.relative_to(SITE).parts)
)
PAGES = EVERY if os.environ.get("SITE_PAGES") == "all" else SAMPLE
PHONE = {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True}
SCREEN = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
SECONDS = 120 + 20 * len(PAGES)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    opened = browser.Browser(tmp_path_factory.mktemp("profile"), SECONDS)
    opened.send("Network.enable")
    opened.send("Runtime.enable")
    opened.send("Log.enable")
    yield opened
    opened.close()


def show(page, name):
    page.events.clear()
    page.open((SITE / name).as_uri())
    page.until(f"location.href.endsWith({json.dumps(name)})", f"{name} is opened")
    page.until("document.readyState === 'complete'", f"{name} is loaded")
    page.js("window.MathJax?.startup?.promise")


# Formulas that stand left of the part of the page that scrolls cannot be reached.
UNREACHED = """[...document.querySelectorAll('article mjx-container')].filter(e => {
  const box = e.closest('div.math') || e.parentElement;
  const [inner, outer] = [e, box].map(part => part.getBoundingClientRect());
  return inner.width && inner.left < outer.left - 2;
}).length"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_a_folder_whole_on_a_screen_and_on_a_phone(page, name):
    page.send("Emulation.setDeviceMetricsOverride", **SCREEN)
    show(page, name)
    told = page.events
    asked = [p["request"]["url"] for method, p in told if method == "Network.requestWillBeSent"]
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked
    errors = [p for method, p in told if method == "Runtime.exceptionThrown"]
    errors += [p for method, p in told
               if method == "Log.entryAdded" and p["entry"]["level"] == "error"]  # fmt: skip
    said = [p for method, p in told if method == "Runtime.consoleAPICalled"]
    errors += [p for p in said if p["type"] in ("error", "assert")]
    assert not errors, errors[:3]
    formulas, rendered, failed = page.js(
        "['article .math', 'article mjx-container', '[data-mjx-error]']"
        ".map(s => document.querySelectorAll(s).length)"
    )
    assert rendered >= formulas and not failed
    assert page.js(
        "[...document.images].every(i => i.alt && (i.complete ? i.naturalWidth > 0 : true))"
    )
    assert page.js("document.documentElement.lang") == "en"
    for size in (SCREEN, PHONE):
        page.send("Emulation.setDeviceMetricsOverride", **size)
        assert page.js("document.documentElement.scrollWidth") <= size["width"], size
        assert page.js(UNREACHED) == 0, size


@pytest.mark.skipif(PAGES is EVERY, reason="every page was opened from its folder")
def test_the_archive_opens_from_a_folder(page, tmp_path):
    """As a reader unpacks it, under a name with a space and a letter beyond ASCII."""
    folder = tmp_path / "Études 2026"
    with zipfile.ZipFile(BUILD / "book" / "complex-synapses.zip") as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"complex-synapses"}
        assert len(archive.namelist()) == sum(path.is_file() for path in SITE.rglob("*"))
        archive.extractall(folder)
    page.open((folder / "complex-synapses" / LESSON).as_uri())
    page.until("document.querySelectorAll('mjx-container').length > 20", "formulas are rendered")
    page.js("document.querySelector('.prev-next-footer a.right-next').click()")
    page.until("location.href.includes('2_exact_theory')", "the next lesson is opened")
    page.until("document.images.length > 2", "it has pictures")


def test_the_gallery_is_filtered_by_words_and_by_choice(page):
    page.send("Emulation.clearDeviceMetricsOverride")
    show(page, "figures/index.html")
    shown = "[...document.querySelectorAll('.card-figure')].filter(f => !f.hidden).length"
    every = page.js(shown)
    fill = (
        "(() => {{ const e = document.querySelector('{0}'); e.value = '{1}';"
        " e.dispatchEvent(new Event('input')); }})()"
    )
    page.js(fill.format(".choice[data-key=work]", "ssl"))
    of_work = page.js(shown)
    page.js(fill.format(".filter", "eigenvalue"))
    assert 0 < page.js(shown) < of_work < every
    assert "shown" in page.js("document.querySelector('.found').textContent")


def test_pictures_have_an_opaque_ground_in_the_dark(page):
    show(page, "figures/metaplasticity/qbt_b.html")
    page.js("document.documentElement.dataset.theme = 'dark'")
    ground = page.js("getComputedStyle(document.querySelector('.figure img')).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


@pytest.fixture
def served():
    """The site's address on a server, which a browser's worker needs, and what is asked of it."""
    asked = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            asked.append(self.path)

    handler = functools.partial(Quiet, directory=str(SITE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


@pytest.mark.skipif(not (SITE / "pyodide").is_dir(), reason="the site was built without Python")
@pytest.mark.parametrize(("name", "part"), [
    ("equations/metaplasticity.quadratic_task.averaging.html", ".live-proof"),
    (LESSON, ".live-lesson"),
])  # fmt: skip
def test_in_a_folder_the_buttons_say_that_python_needs_a_server(page, name, part):
    show(page, name)
    page.js(f"document.querySelector('{part} button').click()")
    page.js(f"document.querySelector('{part} .notice button')?.click()")
    assert "python -m http.server" in page.js(
        f"document.querySelector('{part} [role=status]').textContent"
    )
    assert not page.js(f"document.querySelector('{part} button').disabled")
    assert not [p for method, p in page.events if method == "Runtime.exceptionThrown"]


def test_a_slider_walks_through_frames_by_keyboard_and_each_is_told(page, served):
    """Served, since a page from a folder may not read the pixels of its own pictures."""
    page.send("Emulation.setDeviceMetricsOverride", **PHONE)
    page.open(f"{served[0]}/{LESSON}")
    page.until("document.readyState === 'complete'", "the page is loaded")
    page.js("document.querySelector('.touch').scrollIntoView()")
    page.until("document.querySelector('.touch.single canvas')", "the first frame is drawn")
    page.js("document.querySelector('.touch input').focus()")
    facts = json.loads(page.js("document.querySelector('.touch').dataset.facts"))
    told, drawn = [], []
    for _ in facts["values"]:
        told.append(page.js(
            "(() => { const t = document.querySelector('.touch'); return ["
            "t.querySelector('output').textContent, t.querySelector('p').textContent,"
            " t.querySelector('canvas').getAttribute('aria-label'),"
            " t.querySelector('input').getAttribute('aria-valuetext')]; })()"
        ))  # fmt: skip
        drawn.append(page.js("document.querySelector('.touch canvas').toDataURL()"))
        page.press("ArrowRight")
    assert told == [[v, w, w, v] for v, w in zip(facts["values"], facts["words"], strict=True)]
    assert len(set(drawn)) == len(drawn) in (6, 8)
    width = page.js("document.querySelector('.touch canvas').getBoundingClientRect().width")
    assert 250 < width <= PHONE["width"]


@pytest.mark.skipif(not (SITE / "pyodide").is_dir(), reason="the site was built without Python")
def test_a_derivation_is_proved_in_the_browser_and_a_changed_step_is_refused(
    tmp_path_factory, served
):
    served, _ = served
    page = browser.Browser(tmp_path_factory.mktemp("profile"), 3 * SECONDS)
    try:
        page.send("Network.enable")
        page.open(f"{served}/equations/metaplasticity.quadratic_task.averaging.html")
        page.until("document.readyState === 'complete'", "the page is loaded")
        status = "document.querySelector('.live-proof [role=status]').textContent"
        over = "!document.querySelector('.live-proof button').disabled"
        page.js("document.querySelector('.live-proof button').click()")
        page.until(over, "the proof ends")
        assert "8 steps" in page.js(status)
        told = page.js("document.querySelector('.live-proof ol').innerText")
        assert told.count("proved") == 5
        page.js(
            "(() => { const a = document.querySelector('.live-proof textarea');"
            " a.value = a.value.replace('- total * held', '- 2 * total * held');"
            " document.querySelector('.live-proof button').click(); })()"
        )
        page.until(over, "the changed proof ends")
        assert page.js(status).startswith("Refused.")
        sent = (p for method, p in page.events if method == "Network.requestWillBeSent")
        assert all(p["request"]["url"].startswith((served, "blob:", "data:")) for p in sent)
    finally:
        page.close()


@pytest.mark.skipif(not (SITE / "pyodide").is_dir(), reason="the site was built without Python")
def test_a_lesson_fetches_only_what_it_has_announced_and_runs_cell_by_cell(
    tmp_path_factory, served
):
    """The packages are not at hand: their addresses are looked at, and cells run without them."""
    address, asked = served
    page = browser.Browser(tmp_path_factory.mktemp("profile"), 3 * SECONDS)
    status = "document.querySelector('.live-lesson [role=status]').textContent"
    idle = "!document.querySelector('.live-lesson button').disabled"
    change = "Object.assign(document.querySelector('.live-lesson').dataset, {})".format
    try:
        page.send("Network.enable")
        page.open(f"{address}/{LESSON}")
        page.until("document.readyState === 'complete'", "the page is loaded")
        base = page.js("document.querySelector('.live-lesson').dataset.base")
        shipped = page.js("document.querySelector('.live-lesson').dataset.shipped") == "yes"
        assert base == (
            "pyodide/" if shipped else f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
        )
        before = len(asked)
        page.js("document.querySelector('.live-lesson').dataset.shipped = 'no'")
        page.js("document.querySelector('.live-lesson button').click()")
        assert not page.js("document.querySelector('.live-lesson .notice').hidden")
        assert len(asked) == before and not page.js(status)
        # The packages are looked for where the page says: here in a folder of the server.
        page.js(change("{base: 'elsewhere/'}"))
        page.js("document.querySelector('.live-lesson .notice button').click()")
        page.until(f"{idle} && {status}", "the packages are not found")
        assert "could not be loaded" in page.js(status)
        lock = json.loads((SITE / "pyodide" / "pyodide-lock.json").read_bytes())
        wanted = {path.removeprefix("/elsewhere/") for path in asked if "/elsewhere/" in path}
        assert wanted == set(wheels(lock))
        # Without any package the cells run as far as Python and SymPy carry them.
        page.js(change("{packages: '[]'}"))
        page.js("document.querySelector('.live-lesson .notice button').click()")
        page.until(f"{idle} && {status}.includes('stopped')", "the first cell has run")
        assert "No module named" in page.js(
            "document.querySelector('.live-output .failed').textContent"
        )
        page.js(
            "(() => { const box = document.querySelector('.live-output');"
            " box.querySelector('textarea').value = "
            '\'from sympy import *\\nx = Symbol("x")\\nprint("sum")\\nfactor(x**2 - 1)\';'
            " box.querySelector('details button').click(); })()"
        )
        page.until(f"{idle} && {status} === 'Cell 1 ran.'", "the changed cell has run")
        shown = page.js("document.querySelector('.live-output div').innerText")
        assert shown.startswith("sum") and "(x - 1)*(x + 1)" in shown
        sent = (p for method, p in page.events if method == "Network.requestWillBeSent")
        assert all(p["request"]["url"].startswith((address, "blob:", "data:")) for p in sent)
    finally:
        page.close()
