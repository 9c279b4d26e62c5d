"""Spreadsheets in and out, exports by two, drafts deleted and brought back, what is set above: in the consoles of a county and a city."""
import csv
import datetime
import io
import os
import pathlib
import zipfile

import conftest
import openpyxl
import pytest
from conftest import NARROW, ROOT, Sight
from people import People, press

COUNTY, CITY = "370285", "370200"
pytestmark = pytest.mark.skipif("BANGFU_PEOPLE" not in os.environ, reason="no federation was named: scripts/test-web --people")


@pytest.fixture(scope="module")
def people():
    return People()


@pytest.fixture
def at(browser, people):
    """Opens pages for somebody at a seat: at(seat, login)(path, **options)."""
    sights = []

    def of(seat, login):
        made = Sight(browser, people.origin(seat))
        sights.append(made)
        state = people.state(made, seat, login)
        opener = lambda path, size=None, **options: made.open(path, size, storage_state=state, **options)
        opener.sight = made
        return opener
    yield of
    noise = [line for made in sights for line in made.noise()]
    for made in sights:
        made.close()
    assert noise == []


def fetched(page, click):
    """The workbook that a click brings, and its bytes."""
    with page.expect_download() as waiting:
        click()
    data = pathlib.Path(waiting.value.path()).read_bytes()
    return openpyxl.load_workbook(io.BytesIO(data)), data


def fits(page, name):
    conftest.shot(page, name)
    assert conftest.violations(page) == []
    page.set_viewport_size(NARROW)
    assert conftest.sideways(page) == []
    conftest.shot(page, name + "-narrow")


class TestWorkbooks:
    def test_a_list_goes_out_as_a_workbook_with_a_frozen_heading_labels_days_and_no_formula(self, at):
        page = at(COUNTY, "clerk")("/workers/export?hardship_category=1&column=name&column=hardship_category&column=birth_date&column=family_income_year")
        page.fill("[name=purpose]", "核对")
        fits(page, "office-export")
        book, data = fetched(page, lambda: page.locator("main form button.primary").click())
        sheet = book.active
        assert sheet.freeze_panes == "A2" and sheet.title == "困难职工档案"
        assert [cell.value for cell in sheet[1]] == ["档案编号", "姓名", "困难类别", "出生日期", "家庭年度总收入"]
        row = [cell.value for cell in sheet[2]]
        assert isinstance(row[0], str) and len(row[0]) == 16 and row[2] == "深度困难" and isinstance(row[3], datetime.datetime)
        assert isinstance(row[4], (int, float))
        assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
        parts = zipfile.ZipFile(io.BytesIO(data))
        assert parts.testzip() is None and b"<f" not in parts.read("xl/worksheets/sheet1.xml")

    def test_the_template_keeps_numbers_as_texts_and_explains_itself(self, at):
        page = at(COUNTY, "steward")("/workers/import")
        fits(page, "office-import")
        book, _ = fetched(page, lambda: page.get_by_role("link", name="Excel").click())
        assert book.sheetnames[:2] == ["困难职工档案", "家庭成员"] and book.sheetnames[-1] == "填写说明"
        sheet = book["困难职工档案"]
        place = next(cell.column_letter for cell in sheet[1] if cell.value == "身份证号")
        assert sheet.freeze_panes == "A2" and sheet.column_dimensions[place].width > 0
        assert any(row[3].value == "必填" for row in book["填写说明"].iter_rows(min_row=2))

    def test_a_filled_in_template_is_tried_and_taken_and_what_is_wrong_is_said_by_its_row(self, at, tmp_path):
        page = at(COUNTY, "steward")("/workers/import")
        book, _ = fetched(page, lambda: page.get_by_role("link", name="Excel").click())
        filled = fill(book, 2)
        filled["困难职工档案"].cell(3, heads(filled["困难职工档案"])["性别"]).value = "不详之人"
        file = tmp_path / "workers.xlsx"
        filled.save(file)
        page.set_input_files("#files", file)
        with page.expect_navigation():
            page.get_by_role("button", name="试运行").click()
        text = page.locator("main").inner_text()
        assert "试运行：可导入 1" in text and "worker_file.csv 第 3 行" in text, text[:400]
        conftest.shot(page, "office-import-tried")

    def test_a_file_that_is_no_workbook_is_refused_with_its_code(self, at, tmp_path):
        open_ = at(COUNTY, "steward")
        open_.sight.allow("422")
        page = open_("/workers/import")
        file = tmp_path / "workers.xlsx"
        file.write_bytes(b"PK\x03\x04 no archive at all")
        page.set_input_files("#files", file)
        with page.expect_navigation():
            page.get_by_role("button", name="试运行").click()
        assert "invalid" in page.locator(".notice.problem").inner_text()


def heads(sheet):
    return {cell.value: cell.column for cell in sheet[1]}


def check(number):
    """The 18th sign of an ID number (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(int(a) * b for a, b in zip(number, weights)) % 11]


def sample(name):
    with open(ROOT / "samples" / "county-370285" / f"{name}.csv", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def name_of(number):
    """A name of nobody: names have no digits."""
    signs = "甲乙丙丁戊己庚辛壬癸"
    return "表" + "".join(signs[int(digit)] for digit in f"{number:03d}")


def put(book, title, rows):
    """Rows by the codes of their columns, under the labels of a sheet of the template."""
    sheet, columns = book[title], heads(book[title])
    places = {row[2].value: columns[row[1].value] for row in book["填写说明"].iter_rows(min_row=2) if row[0].value == title}
    for number, row in enumerate(rows, start=2):
        for code, value in row.items():
            if value and code in places:
                sheet.cell(number, places[code]).value = value


def fill(book, count):
    """The template with so many households of one, made after a faultless one of the sample county."""
    members = {row["worker_file_id"] for row in sample("family_member")}
    wrong = {row["record_id"] for row in sample("errors")}
    good = next(row for row in sample("worker_file") if row["id"] not in members | wrong)
    start = datetime.date.fromisoformat(good["birth_date"])
    files, lines = [], {"income_item": [], "rigid_expense": []}
    for number in range(count):
        day = start + datetime.timedelta(days=number % 260 + 1)
        sequence = 997 if good["sex"] == "1" else 998
        key = f"{good['file_no'][:10]}{700000 + number}"
        place = f"3702{85 if number < 260 else 11:02d}"
        files.append(dict(good, id=key, file_no=key, name=name_of(number), id_number=check(f"{place}{day:%Y%m%d}{sequence}"), birth_date=day.isoformat()))
        for name in lines:
            for row in sample(name) if number == 0 else templates[name]:
                if number == 0 and row["worker_file_id"] != good["id"]:
                    continue
                lines[name].append(dict(row, id=f"{key}-{len(lines[name])}", worker_file_id=key))
        if number == 0:
            templates = {name: list(rows) for name, rows in lines.items()}
    titles = {row[0].value for row in book["填写说明"].iter_rows(min_row=2)}
    put(book, "困难职工档案", files)
    for name, title in (("income_item", "收入"), ("rigid_expense", "刚性支出")):
        put(book, next(full for full in titles if title in full), lines[name])
    return book


class TestExportsByTwo:
    def test_over_five_hundred_rows_a_second_person_approves_and_the_file_comes(self, at, tmp_path):
        steward = at(COUNTY, "steward")("/workers/import")
        book, _ = fetched(steward, lambda: steward.get_by_role("link", name="Excel").click())
        file = tmp_path / "workers.xlsx"
        fill(book, 520).save(file)
        steward.set_input_files("#files", file)
        steward.once("dialog", lambda dialog: dialog.accept())
        steward.get_by_role("button", name="正式导入").click()
        with steward.expect_navigation(timeout=120_000):
            steward.get_by_role("dialog").locator("button.primary").click()
        assert "已导入 520" in steward.locator("main").inner_text(), steward.locator("main").inner_text()[:600]
        clerk = at(COUNTY, "clerk")("/workers/export?column=name&column=sex")
        assert "须由第二人批准" in clerk.locator("main").inner_text()
        clerk.fill("[name=purpose]", "年度核查入户用")
        press(clerk)
        assert "待第二人批准" in clerk.locator("main").inner_text()
        fits(clerk, "office-exports-waiting")
        head = at(COUNTY, "head")("/")
        assert "待审批的导出" in head.locator("main").inner_text()
        conftest.shot(head, "office-head-workbench")
        head.goto(head.url + "exports")
        fits(head, "office-exports-head")
        head.set_viewport_size(conftest.DESK)
        head.get_by_role("link", name="查看并审批").first.click()
        head.wait_for_load_state()
        assert "年度核查入户用" in head.locator("main").inner_text()
        fits(head, "office-export-decide")
        press(head)
        clerk.goto(clerk.url.split("/exports")[0] + "/notices")
        assert "已批准" in clerk.locator("main").inner_text()
        conftest.shot(clerk, "office-notices-approved")
        clerk.set_viewport_size(conftest.DESK)
        clerk.goto(clerk.url.split("/notices")[0] + "/exports")
        book, _ = fetched(clerk, lambda: clerk.get_by_role("button", name="下载").first.click())
        assert book.active.max_row > 521 and [cell.value for cell in book.active[1]] == ["档案编号", "姓名", "性别"]


class TestDrafts:
    @pytest.mark.parametrize("script", [True, False])
    def test_an_own_draft_is_deleted_and_brought_back_with_and_without_javascript(self, at, script):
        page = at(COUNTY, "clerk")("/workers/new", java_script_enabled=script)
        name = "删而复得" if script else "无脚本"
        page.fill("#f-name", name)
        with page.expect_navigation():
            page.locator("main form .submit button").first.click()
        assert "系统检查" in page.locator("#findings").inner_text()
        page.get_by_role("button", name="删除草稿").click()
        if script:
            conftest.shot(page, "office-draft-delete")
            page.get_by_role("dialog").locator("button.primary, button.danger").first.click()
        page.wait_for_url("**/workers/deleted**")
        assert name in page.locator("main").inner_text()
        if script:
            fits(page, "office-recycle")
        page.get_by_role("button", name="恢复").first.click()
        page.wait_for_url("**done=restored")
        assert name in page.locator("h1").inner_text()


class TestFindings:
    @pytest.mark.parametrize("script", [True, False])
    def test_what_the_checks_propose_is_taken_over_with_one_press(self, at, script):
        page = at(COUNTY, "clerk")("/workers/new", java_script_enabled=script)
        page.fill("#f-name", "建议" if script else "提议")
        page.fill("#f-family_size", "5")
        with page.expect_navigation():
            page.locator("main form .submit button").first.click()
        findings = page.locator("#findings")
        if findings.get_attribute("open") is None:
            findings.locator("summary").click()
        if script:
            fits(page, "office-findings")
            page.set_viewport_size(conftest.DESK)
        with page.expect_navigation():
            findings.get_by_role("button", name="改为 1", exact=True).click()
        assert "已采用建议" in page.locator("main").inner_text()
        assert findings.get_by_role("button", name="改为 1", exact=True).count() == 0
        page.goto(page.url.split("?")[0] + "/edit")
        assert page.locator("#f-family_size").input_value() == "1"


class TestReference:
    def test_what_a_city_sets_is_seen_at_its_county_with_its_origin(self, at):
        city = at(CITY, "steward")("/admin/parameters")
        fits(city, "office-parameters")
        city.set_viewport_size(conftest.DESK)
        city.get_by_role("link", name="城市低保标准").first.click()
        city.wait_for_load_state()
        fits(city, "office-parameter")
        city.set_viewport_size(conftest.DESK)
        city.get_by_role("link", name="设定新值").click()
        city.wait_for_load_state()
        fits(city, "office-parameter-set")
        city.set_viewport_size(conftest.DESK)
        city.fill("[name=value]", "1066")
        city.select_option("[name=division]", CITY)
        city.fill("[name=basis]", "示例〔2026〕9号")
        city.locator("main form button.primary").click()
        with city.expect_navigation():
            city.get_by_role("dialog").locator("button.primary").click()
        assert "本单位设定" in city.locator("main").inner_text()
        county = at(COUNTY, "clerk")("/admin/parameters")
        county.get_by_role("link", name="城市低保标准").first.click()
        for _ in range(50):
            if "示例〔2026〕9号" in county.locator("main").inner_text():
                break
            county.wait_for_timeout(200)
            county.reload()
        assert "由" in county.locator("main").inner_text() and "下达" in county.locator("main").inner_text()

    @pytest.mark.parametrize("path", ["/admin/calendar?year=2026", "/admin/codes", "/admin/codes/sex", "/admin"])
    def test_the_pages_of_what_is_set_are_quiet_accessible_and_fit(self, at, path):
        fits(at(COUNTY, "clerk")(path), "office" + path.replace("/", "-").replace("?", "-"))


class TestLines:
    def test_a_masked_cell_of_a_line_is_opened_for_a_purpose_and_masked_again(self, at):
        page = at(COUNTY, "clerk")("/workers")
        page.locator("#list tbody tr td a").first.click()
        page.wait_for_load_state()
        home = page.url
        cell = page.locator("td", has=page.get_by_role("link", name="查看全文")).first
        masked = cell.inner_text().split()[0]
        assert "*" in masked
        fits(page, "office-line-masked")
        page.set_viewport_size(conftest.DESK)
        cell.get_by_role("link").click()
        page.wait_for_load_state()
        page.fill("[name=purpose]", "核对家庭成员")
        press(page)
        assert masked not in page.locator("main").inner_text() or page.locator("main").inner_text().count(masked[:6]) > 1
        conftest.shot(page, "office-line-opened")
        page.goto(home)
        assert masked in page.locator("main").inner_text()
