"""The built site in a real browser: nothing is fetched, nothing fails, everything fits a phone.

Needs `make book` and Chromium; without them these tests say that they were skipped.
"""

import json

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
