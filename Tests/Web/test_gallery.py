"""Every page drawn with invented contents: quiet, without a fault that axe knows, not wider than the window, readable on paper."""
import re

import conftest
import gallery
import pytest
from conftest import NARROW, PHONE, Sight
from gallery.server import Gallery

NAMES = sorted(gallery.PAGES)


@pytest.fixture(scope="module")
def served():
    made = Gallery()
    yield made
    made.shutdown()


@pytest.fixture
def sight(browser, served):
    made = Sight(browser, served.origin)
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_quiet_accessible_and_fits_every_window(sight, name):
    page = sight.open("/" + name)
    conftest.shot(page, f"gallery-{name}")
    assert conftest.sideways(page) == []
    assert conftest.violations(page) == []
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        assert conftest.sideways(page) == [], size
        if size is PHONE:
            conftest.shot(page, f"gallery-{name}-phone")
    assert sight.noise() == []


@pytest.mark.parametrize("name", ["workers", "workers-edit", "workers-1", "reviews", "p", "p-me"])
@pytest.mark.parametrize("look", ["large", "contrast", "large contrast"])
def test_large_print_and_high_contrast_hold(sight, name, look):
    page = sight.open("/" + name)
    page.evaluate("look => document.documentElement.classList.add(...look.split(' '))", look)
    assert conftest.violations(page) == []
    assert conftest.sideways(page) == []
    page.set_viewport_size(NARROW)
    assert conftest.sideways(page) == []
    conftest.shot(page, f"gallery-{name}-{look.replace(' ', '-')}")


@pytest.mark.parametrize("name", ["workers", "workers-1", "paper", "reviews", "accounts"])
def test_a_page_prints_on_a4(sight, name):
    page = sight.open("/" + name)
    pages, size = conftest.paper(page, f"gallery-{name}")
    assert size == "594.96 x 841.92 pts (A4)" and pages <= 3
    text = conftest.words_of(f"gallery-{name}")
    assert "退出登录" not in text and "查询" not in text, "menus and filters stay on the screen"
    assert re.search(rf"1\s*/\s*{pages}\s", text), "sheets are numbered"


def test_a_form_on_paper_keeps_its_right_border(sight):
    page = sight.open("/paper")
    page.emulate_media(media="print")
    assert page.evaluate("""() => { const t = document.querySelector('.paper'), m = document.querySelector('main');
        return t.getBoundingClientRect().right < m.getBoundingClientRect().right; }""")


@pytest.mark.parametrize("name", NAMES)
def test_without_javascript_nothing_is_out_of_reach(sight, name):
    page = sight.open("/" + name, java_script_enabled=False)
    assert sight.noise() == []
    # What only a script could do stays hidden, what the page is about is there.
    assert page.locator("[data-print]:visible, thead .all:visible").count() == 0
    assert page.locator("h1").first.is_visible()


@pytest.mark.parametrize("name", ["workers", "workers-1", "index"])
def test_without_the_fetched_files_a_page_is_plain_but_works(browser, served, name):
    sight = Sight(browser, served.origin)
    context = sight.context()
    for file in ("bootstrap.min.css", "htmx.min.js", "icons.svg"):
        context.route(f"**/{file}", lambda route: route.abort())
    page = sight.visit(context, "/" + name)
    sight.allow("net::ERR_FAILED")
    conftest.shot(page, f"gallery-{name}-plain")
    assert sight.noise() == [] and conftest.sideways(page) == []
    sight.close()


def test_the_tab_key_goes_from_the_top_to_the_work(sight):
    page = sight.open("/workers")
    order = []
    for _ in range(75):
        page.keyboard.press("Tab")
        order.append(page.evaluate("""() => { const e = document.activeElement;
            return e.className + '|' + (e.id || e.name || e.textContent.trim().slice(0, 12)) + '|'
                + (e.getBoundingClientRect().width > 0); }"""))
    assert order[0].startswith("skip|")
    assert all(step.endswith("|true") for step in order), "focus is never where nothing is seen"
    text = " ".join(order)
    places = [text.index(word) for word in ("查找", "困难职工档案", "新建档案", "|q|", "|status|", "370285202600")]
    assert places == sorted(places)


def test_the_link_to_the_content_takes_the_focus_along(sight):
    page = sight.open("/workers")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_menu_of_a_phone_opens_and_closes_without_a_script(sight):
    page = sight.open("/workers", PHONE, java_script_enabled=False)
    assert not page.locator("#menu").is_visible()
    page.locator(".to-menu").click()
    assert page.locator("#menu").is_visible()
    page.locator("#menu .close").click()
    assert not page.locator("#menu").is_visible()
