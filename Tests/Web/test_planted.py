"""Markup, SQL and spreadsheet formulas in every text field of every form that anybody here is shown: none of it may run, stand
unescaped in a page, begin a cell of an export, or harm the store.

The forms are found by walking: from the first page of each person through every link, one page of each shape. So a new form is
tried without being named here.
"""
import csv
import io
import os
import re
import subprocess
import urllib.parse

import conftest
import households
import pytest
from conftest import Sight
from people import People

COUNTY, CITY = "370285", "370200"
pytestmark = pytest.mark.skipif("BANGFU_PEOPLE" not in os.environ, reason="no federation was named: scripts/test-web --people")
SEATED = [(COUNTY, "clerk"), (COUNTY, "reviewer"), (COUNTY, "admin"), (COUNTY, "security"), (COUNTY, "auditor"), (COUNTY, "worker"),
          (CITY, "reviewer"), ("370000", "reviewer"), ("000000", "analyst")]

# "planted" stands in each, so that whatever shows it can be told from what was there.
MARKUP = ["<script>planted=1</script>", "\"><img class=planted src=x onerror=planted=1>", "</textarea><svg class=planted onload=planted=1>",
          "'><b class=planted onmouseover=planted=1>", "{{{planted}}}</title><i class=planted>", "<a class=planted href=javascript:planted=1>",
          "<i class=planted>"]
SQL = ["'); DROP TABLE record; --planted", "planted' OR '1'='1", "planted\"; DELETE FROM audit; --", "planted%' UNION SELECT * FROM account --", "planted'--"]
FORMULAS = ["=HYPERLINK(\"http://planted\")", "+planted+1", "-planted-1", "@SUM(planted)", "\t=planted", "=cmd|' /C planted'!A0", "=planted"]
ROUNDS = {"markup": MARKUP, "sql": SQL, "formulas": FORMULAS}
# Marks that stand in a page only where something planted was not escaped.
RAW = re.compile(r"<(script>planted|img class=planted|svg class=planted|b class=planted|i class=planted|a class=planted)")
# Whoever was shown this form would no longer be whom the other tests know.
LEFT_ALONE = re.compile(r"/(sign-out|password|factor)$")
TEXTS = "input[type=text], input[type=search], input:not([type]), textarea, input[type=password]"
WATCH = """Object.defineProperty(window, 'planted', {set() { console.error('something planted ran'); }});"""


@pytest.fixture(scope="module")
def people():
    return People()


class Walker:
    """One person's way through every page; what is wrong with any of them is kept."""

    def __init__(self, browser, people, seat, login):
        self.sight = Sight(browser, people.origin(seat))
        # Refusals are part of this: what cannot be, is refused in words.
        self.sight.allow("status of 4")
        self.context = self.sight.context(storage_state=people.state(self.sight, seat, login))
        self.context.add_init_script(WATCH)
        self.who, self.wrong, self.page = f"{login} of {seat}", [], None
        self.fresh()

    def fresh(self):
        if self.page:
            self.page.close()
        self.page = self.context.new_page()
        self.page.on("console", self.sight._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("response", self._response)

    def _dialog(self, dialog):
        if "planted" in dialog.message:
            self.wrong.append(f"{self.who}: a dialog says {dialog.message}")
        dialog.accept()

    def _response(self, response):
        if response.request.resource_type == "document" and response.status >= 500:
            self.wrong.append(f"{self.who}: {response.request.method} {response.url} answered {response.status}")

    def look(self, what):
        """The page that is open now."""
        for _ in range(40):
            try:
                self.page.wait_for_load_state()
                text = self.page.content() if what.startswith("POST") else \
                    self.page.evaluate("fetch(location.href, {headers: {Accept: 'text/html'}}).then(r => r.text())")
                break
            except conftest.BrowserError:
                # Still on its way to another page.
                self.page.wait_for_timeout(250)
        if RAW.search(text):
            self.wrong.append(f"{self.who}: {what} holds {RAW.search(text)[0]} unescaped")
        found = self.page.evaluate("[...document.querySelectorAll('.planted, [onerror], [onload], [onmouseover], [href^=\"javascript\"]')]"
                                   ".map(e => e.outerHTML.slice(0, 100))")
        self.wrong += [f"{self.who}: {what} holds the element {element}" for element in found]

    def pages(self):
        """Every page that links lead to, one of each shape."""
        waiting, seen = ["/"], set()
        while waiting:
            path = waiting.pop(0)
            if shape(path) in seen:
                continue
            seen.add(shape(path))
            try:
                response = self.page.goto(self.sight.origin + path)
            except conftest.BrowserError:
                # What is for the disk is saved.
                continue
            if not response or "text/html" not in response.headers.get("content-type", ""):
                continue
            self.look(path)
            yield path
            if self.page.url.split("#")[0] != self.sight.origin + path:
                self.page.goto(self.sight.origin + path)
            links = self.page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
            waiting += [link.split("#")[0] for link in links if link.startswith("/") and not re.match(r"/(language|display|assets)/", link)]

    def forms(self):
        """Where a form with texts stands on the page that is open, by its shape."""
        found = self.page.evaluate("""texts => [...document.querySelectorAll('form')].map((form, place) => ({place,
            action: (form.getAttribute('action') || location.pathname), method: form.method,
            names: [...new Set([...form.elements].filter(e => e.name && e.matches(texts)).map(e => e.name))]}))
            .filter(form => form.names.length)""", TEXTS)
        return [form for form in found if not LEFT_ALONE.search(form["action"])]

    def close(self):
        noise = [line for line in self.sight.noise() if "net::ERR_ABORTED" not in line]
        self.sight.close()
        return self.wrong + noise


def shape(path):
    """The address without what names one thing or sets a list: two of a shape have the same forms."""
    place, _, query = path.partition("?")
    names = sorted({name for name, _ in urllib.parse.parse_qsl(query)})
    return re.sub(r"/([0-9a-f]{32}|\d+|[0-9a-f-]{36})(?=/|$)", "/*", place), tuple(names[:1])


# Fills a form with what was planted and sends it as its own button would; `keep`: names that hold what they held.
SEND = """({place, texts, plants, keep}) => {
    const form = document.querySelectorAll('form')[place]
    let count = 0
    for (const field of form.elements) {
        if (!field.name || !field.matches(texts) || keep.includes(field.name)) continue
        field.removeAttribute('maxlength'); field.removeAttribute('pattern')
        field.value = plants[count % plants.length]
        count += 1
    }
    form.noValidate = true
    const button = form.querySelector('button.primary, button:not([type=button])') || document.querySelector(`button[form="${form.id}"]`)
    if (button) form.requestSubmit(button.type === 'submit' && button.form === form ? button : null); else form.submit()
    return count
}"""


def send(walker, place, plants, keep=()):
    """Sends one form of the open page and looks at what came of it; gives how many texts were planted."""
    count = 0
    try:
        with walker.page.expect_navigation(timeout=1_500):
            count = walker.page.evaluate(SEND, {"place": place, "texts": TEXTS, "plants": list(plants), "keep": list(keep)})
    except conftest.BrowserError:
        # Filters change the page in place, and an export is saved instead of shown.
        pass
    walker.page.wait_for_load_state()
    walker.look(f"POST {walker.page.url}")
    return count


@pytest.fixture(scope="module")
def before():
    return files() if "BANGFU_NODECTL" in os.environ else set()


@pytest.fixture(scope="module")
def planted(browser, people, before):
    """Plants in every form of everybody, each kind once; then what was imported goes up. Gives what was wrong so far and counts."""
    wrong, tried = [], {}
    if "BANGFU_NODECTL" in os.environ:
        for plants in ROUNDS.values():
            nodectl("000000", "notices", "publish", "--title", plants[0][:60], "--from", "2026-01-01", "-",
                    text="\n".join(plants).replace("\t", " "))
    for seat, login in SEATED:
        walker = Walker(browser, people, seat, login)
        for path in walker.pages():
            for form in walker.forms():
                # Once at each node: whoever else is shown the same form there sends the same.
                name = (seat, shape(form["action"])[0], tuple(re.sub(r"\.\d+\.", ".*.", name) for name in form["names"]))
                if name in tried:
                    continue
                tried[name] = 0
                for plants in ROUNDS.values():
                    walker.page.goto(walker.sight.origin + path)
                    turned = plants[tried[name] % len(plants):] + plants[:tried[name] % len(plants)]
                    tried[name] += send(walker, form["place"], turned)
        wrong += walker.close()
    return wrong, tried


def test_nothing_that_was_typed_into_any_form_runs_or_stands_unescaped(planted):
    wrong, tried = planted
    print(f"{len(tried)} forms, {sum(tried.values())} planted texts")
    assert wrong == []
    assert len(tried) >= 12 and sum(tried.values()) >= 200


class TestKept:
    """What is planted in a form that refuses most of it is not kept: here each text of a file is planted alone, and stays."""

    @pytest.fixture(scope="class")
    def clerk(self, browser, people):
        walker = Walker(browser, people, COUNTY, "clerk")
        yield walker
        assert walker.close() == []

    def texts(self, walker):
        """The names of the texts of a file, as its own form has them, and how long each may be."""
        walker.page.goto(walker.sight.origin + "/workers/new")
        return walker.page.evaluate("""() => [...document.querySelectorAll('form[action="/workers/new"] input[type=text]:not([inputmode]),'
            + 'form[action="/workers/new"] textarea')].filter(e => !e.name.includes('.')).map(e => [e.name, e.maxLength])""")

    def test_an_import_with_planted_cells_keeps_to_its_rows(self, clerk, imported):
        told, taken, shown = imported
        assert taken >= 30, f"most cells can hold it: {told}"
        assert shown == [], "and no report of an import shows it as such"

    @pytest.fixture(scope="class")
    def imported(self, clerk, tmp_path_factory):
        """A household of the sample for each text and each kind, with it planted there."""
        model = households.model("4")
        texts = [(name, most) for name, most in self.texts(clerk) if name in model["worker_file"][0]]
        made, areas = [], households.areas()
        for plants in ROUNDS.values():
            for place, (name, most) in enumerate(texts):
                # The next one of its kind that is short enough.
                turned = plants[place % len(plants):] + plants[:place % len(plants)]
                plant = next((plant for plant in turned if most < 0 or len(plant) <= most), None)
                if plant:
                    made.append(households.copy(model, f"370285{2021000000 + len(made)}", areas[len(made)], **{name: plant}))
        files = households.write(tmp_path_factory.mktemp("planted"), made)
        clerk.page.goto(clerk.sight.origin + "/workers/import")
        for button in ("try", "take"):
            clerk.page.set_input_files("input[name=file]", files)
            with clerk.page.expect_navigation(timeout=60_000):
                clerk.page.evaluate("b => {const e = document.querySelector(`button[value=${b}]`); e.removeAttribute('data-confirm'); e.click()}", button)
            clerk.look("POST import")
        told = clerk.page.inner_text("main")
        # Those that are here already were taken when the same federation was looked at before.
        counts = re.search(r"已导入 (\d+)，已存在 (\d+)", told)
        return told, int(counts[1]) + int(counts[2]), [line for line in clerk.wrong]

    def test_no_cell_of_an_export_is_a_formula(self, clerk, imported):
        clerk.page.goto(clerk.sight.origin + "/workers")
        columns = clerk.page.evaluate("[...document.querySelectorAll('input[name=column]')].map(e => e.value)")
        query = urllib.parse.urlencode([("column", column) for column in columns] + [("division", "370285"), ("q", "3702852021")])
        clerk.page.goto(f"{clerk.sight.origin}/workers/export?{query}")
        clerk.page.fill("input[name=purpose]", "核对导出")
        clerk.page.select_option("select[name=format]", "csv")
        with clerk.page.expect_download() as download:
            clerk.page.locator("main form button.primary").click()
        text = download.value.path().read_text(encoding="utf-8-sig")
        table = list(csv.reader(io.StringIO(text)))
        cells = [cell for row in table for cell in row]
        assert len(table) > 30 and sum("planted" in cell for cell in cells) >= 10
        bad = [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell) and not re.fullmatch(r"-?[\d.,]+|\t\d+", cell)]
        assert bad == []

    def test_it_is_shown_as_text_at_every_level_and_on_paper(self, browser, people, clerk, imported):
        clerk.page.goto(clerk.sight.origin + "/workers?q=3702852021")
        assert clerk.page.locator("#list tbody tr").count() >= 30
        for path in ("/workers/print?q=3702852021", "/workers?q=3702852021&size=200"):
            clerk.page.goto(clerk.sight.origin + path)
            clerk.look(path)
        for link in clerk.page.evaluate("[...document.querySelectorAll('#list tbody a')].map(a => a.getAttribute('href'))")[::5]:
            for tail in ("", "/print", "/edit"):
                clerk.page.goto(clerk.sight.origin + link + tail)
                clerk.look(link + tail)
        wrong = []
        reporting = Walker(browser, people, COUNTY, "reviewer")
        reporting.page.goto(reporting.sight.origin + "/workers?q=3702852021")
        count = reporting.page.locator("#list tbody tr").count()
        reporting.page.check("input[name=scope]", force=True)
        with reporting.page.expect_navigation(timeout=60_000):
            reporting.page.evaluate("document.querySelector('button[form=bulk]').removeAttribute('data-confirm')")
            reporting.page.evaluate("document.querySelector('button[form=bulk]').click()")
        reporting.look("POST reports")
        wrong += reporting.close()
        for seat, login in SEATED[-3:]:
            walker = Walker(browser, people, seat, login)
            if login == "reviewer":
                self.wait(walker, count)
            for _ in walker.pages():
                pass
            wrong += walker.close()
        assert wrong == []

    @staticmethod
    def wait(walker, count):
        """Until the files have come up to this level, a bounded number of looks."""
        for _ in range(120):
            walker.page.goto(walker.sight.origin + "/workers?q=3702852021")
            if walker.page.locator("#list tbody tr").count() >= count:
                walker.look("/workers")
                return
            walker.page.wait_for_timeout(500)
        raise AssertionError(f"what was planted did not come up to {walker.who}")


def nodectl(seat, *words, text=None):
    done = subprocess.run([os.environ["BANGFU_NODECTL"], *words, "--dir", f"{os.environ['BANGFU_NODES']}/{seat}"], input=text,
                          capture_output=True, text=True)
    assert done.returncode == 0, f"{seat} {words}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.skipif("BANGFU_NODECTL" not in os.environ, reason="the federation's folders were not named")
def test_store_and_audit_of_every_node_are_in_order_and_no_file_is_lost(planted, before):
    for seat in sorted(name for name in os.listdir(os.environ["BANGFU_NODES"]) if name.isdigit()):
        for words in (["doctor"], ["audit", "verify"], ["log", "verify"]):
            nodectl(seat, *words)
    assert before and before <= files()


def files():
    return {line.split(",", 1)[0] for line in nodectl(COUNTY, "files", "list", "--all", "--format", "csv").splitlines()[1:]}
