"""The built site in a real browser: nothing is fetched, nothing fails, everything fits a phone.

Needs `make book` and Chromium; without them these tests say that they were skipped.
"""

import functools
import http.server
import json
import threading

import pytest

from figures.files import BUILD

browser = pytest.importorskip("browser")
SITE = BUILD / "book" / "site"
pytestmark = [
    pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not (SITE / "index.html").is_file(), reason="no site: say make book"),
]
PAGES = [
    "index.html",
    "lessons/index.html",
    "lessons/metaplasticity/1_quadratic_binary_task.html",
    "lessons/ssl/2_linear_dynamics_euclidean.html",
    "figures/index.html",
    "figures/metaplasticity/qbt_b.html",
    "equations/index.html",
    "equations/metaplasticity.quadratic_task.averaging.html",
    "notation.html",
    "glossary.html",
    "errata.html",
    "recipes/hessian.html",
    "api/index.html",
    "api/theory.metaplasticity.quadratic_task.html",
]
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
SECONDS = 120


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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_a_folder_whole_and_on_a_phone(page, name):
    page.send("Emulation.setDeviceMetricsOverride", **PHONE)
    show(page, name)
    asked = [
        p["request"]["url"] for method, p in page.events if method == "Network.requestWillBeSent"
    ]
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked
    errors = [p for method, p in page.events if method == "Runtime.exceptionThrown"]
    errors += [p for method, p in page.events
               if method == "Log.entryAdded" and p["entry"]["level"] == "error"]  # fmt: skip
    assert not errors, errors[:3]
    assert page.js("document.documentElement.scrollWidth") <= PHONE["width"]
    formulas, rendered, failed = page.js(
        "['.math', 'mjx-container', '[data-mjx-error]']"
        ".map(s => document.querySelectorAll(s).length)"
    )
    assert rendered >= formulas and not failed
    assert page.js(
        "[...document.images].every(i => i.alt && (i.complete ? i.naturalWidth > 0 : true))"
    )


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


@pytest.fixture(scope="module")
def served():
    """The site's address on a server, which a browser's worker needs."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Quiet, directory=str(SITE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.skipif(not (SITE / "pyodide").is_dir(), reason="the site was built without Python")
def test_a_derivation_is_proved_in_the_browser_and_a_changed_step_is_refused(
    tmp_path_factory, served
):
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
