"""What every browser test uses: Chromium, pages that must stay quiet, pictures of what was looked at.

A page is *quiet* when it wrote no error to the console, asked no other origin, and broke no rule of the content security policy.
Pictures go to the folder in BANGFU_SHOTS (default .build/web-shots).
"""
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Error as BrowserError  # noqa: F401
from playwright.sync_api import sync_playwright

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

SHOTS = pathlib.Path(os.environ.get("BANGFU_SHOTS", ROOT / ".build" / "web-shots"))
AXE = pathlib.Path(AXE_FILE_PATH).read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
DESK, PHONE, NARROW = {"width": 1366, "height": 768}, {"width": 360, "height": 740}, {"width": 320, "height": 640}


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox; the pages are our own.
        made = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield made
        made.close()


class Sight:
    """Opens pages, and keeps what they said and asked for."""

    def __init__(self, browser, origin):
        self.browser, self.origin, self.contexts, self.said = browser, origin, [], []
        self.allowed = []

    def open(self, path, size=None, **options):
        """A page in a browser of its own; options as of new_context, such as java_script_enabled."""
        return self.visit(self.context(size, **options), path)

    def context(self, size=None, **options):
        made = self.browser.new_context(viewport=size or DESK, locale="zh-CN", ignore_https_errors=True, **options)
        self.contexts.append(made)
        made.on("request", self._request)
        return made

    def visit(self, context, path):
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"script error: {error}"))
        page.goto(self.origin + path)
        return page

    def allow(self, *texts):
        """Sayings that belong to the test: an answer of 422 is an error to the console."""
        self.allowed += texts

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request):
        address = urllib.parse.urlsplit(request.url)
        if address.scheme in ("data", "blob"):
            return
        if f"{address.scheme}://{address.netloc}" != self.origin:
            self.said.append(f"asked another origin: {request.url}")

    def noise(self):
        return [line for line in self.said if not any(text in line for text in self.allowed)]

    def close(self):
        for context in self.contexts:
            context.close()


def violations(page):
    """What axe finds, one line each. The script comes in past the page's policy, which stays in force for the page."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def sideways(page):
    """Elements that make the page wider than its window; tables that scroll by themselves do not count."""
    return page.evaluate("""() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('.scroll, .visually-hidden'))
            .slice(0, 5).map(e => e.outerHTML.slice(0, 120)).concat(['width ' + document.documentElement.scrollWidth])""")


def shot(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def paper(page, name):
    """The page as a PDF of A4 and as pictures of it; gives the number of sheets and their size in points."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    file = SHOTS / f"{name}.pdf"
    page.pdf(path=file, prefer_css_page_size=True, print_background=False)
    told = subprocess.run(["pdfinfo", str(file)], check=True, capture_output=True, text=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    subprocess.run(["pdftoppm", "-r", "60", "-png", str(file), str(SHOTS / f"{name}-paper")], check=True)
    return int(facts["Pages"]), facts["Page size"].strip()


def words_of(name):
    """The text of a PDF that paper() made."""
    return subprocess.run(["pdftotext", "-layout", str(SHOTS / f"{name}.pdf"), "-"], check=True, capture_output=True, text=True).stdout
