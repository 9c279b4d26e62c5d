"""The console of a running county, in a browser: what a clerk and a reviewer do all day."""
import re

import conftest
import pytest
from conftest import NARROW, Sight
from county import CITY, COUNTY, clerk, needs_people, people, sight
from people import PASSWORD, press

pytestmark = needs_people


@pytest.fixture
def city(browser, people):
    """The city's console, and options of a context in which its reviewer is signed in."""
    made = Sight(browser, people.origin(CITY))
    yield made, {"storage_state": people.state(made, CITY, "reviewer")}
    noise = made.noise()
    made.close()
    assert noise == []


def first_record(page):
    return page.locator("#list tbody tr td a").first


class TestSignIn:
    def test_name_password_and_code_open_the_workbench_and_signing_out_ends_it(self, sight, people, clerk):
        page = sight.open("/workers")
        assert "/sign-in" in page.url
        conftest.shot(page, "console-sign-in")
        page.fill("input[name=login]", "clerk")
        page.fill("input[name=password]", PASSWORD)
        press(page)
        assert "/sign-in/code" in page.url
        conftest.shot(page, "console-code")
        page.fill("input[name=code]", people.fresh_code(people.secrets[f"{COUNTY}/clerk"]))
        press(page)
        assert page.url.endswith("/workers"), "back to where one wanted to go"
        page.locator("details.me summary").click()
        page.get_by_role("button", name="退出登录").click()
        page.goto(sight.origin + "/workers")
        assert "/sign-in" in page.url

    def test_an_unknown_name_and_a_wrong_password_are_answered_alike(self, sight, clerk):
        sight.allow("401", "422")
        said = []
        for login in ("clerk", "nobody-here"):
            page = sight.open("/sign-in")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", "wrong but long enough")
            press(page)
            said.append(page.locator("#errors, .notice.problem").first.inner_text())
        assert said[0] == said[1] != ""

    def test_a_wrong_code_opens_nothing(self, sight, clerk):
        sight.allow("401", "422")
        page = sight.open("/sign-in")
        page.fill("input[name=login]", "clerk")
        page.fill("input[name=password]", PASSWORD)
        press(page)
        page.fill("input[name=code]", "000000")
        press(page)
        page.goto(sight.origin + "/workers")
        assert "/sign-in" in page.url


class TestList:
    def test_a_filter_stands_in_the_address_and_reload_and_back_keep_it(self, sight, clerk):
        page = sight.open("/workers", **clerk)
        rows = page.locator("#list tbody tr").count()
        conftest.shot(page, "console-list")
        page.select_option("select[name=hardship_category]", label="深度困难")
        page.wait_for_url("**hardship_category=1**")
        assert 0 < page.locator("#list tbody tr").count() <= rows
        assert page.locator("#list").inner_text().count("相对困难") == 0
        page.reload()
        assert page.locator("select[name=hardship_category]").input_value() == "1"
        first_record(page).click()
        page.wait_for_load_state()
        page.go_back()
        assert page.locator("select[name=hardship_category]").input_value() == "1"

    def test_typing_filters_while_the_focus_stays(self, sight, clerk):
        page = sight.open("/workers", **clerk)
        name = page.locator("#list tbody tr").first.locator("td").nth(1).inner_text()
        box = page.locator("form.filter .search input")
        box.press_sequentially(name)
        page.wait_for_url("**q=**")
        page.locator("#list tbody tr", has_text=name).first.wait_for()
        assert page.evaluate("document.activeElement.name") == "q"
        assert all(name in row for row in page.locator("#list tbody tr").all_inner_texts())

    def test_without_javascript_the_same_form_filters(self, sight, clerk):
        page = sight.open("/workers", java_script_enabled=False, **clerk)
        page.select_option("select[name=hardship_category]", label="深度困难")
        page.get_by_role("button", name="查询").click()
        assert "hardship_category=1" in page.url
        assert page.locator("#list").inner_text().count("相对困难") == 0

    def test_a_filter_is_kept_under_a_name_used_again_and_removed(self, sight, clerk):
        # By a field called "name" too: it is not the filter's own name.
        page = sight.open("/workers?hardship_category=1&name=王", **clerk)
        page.locator("summary", has_text="存为常用查询").click()
        page.locator(".drop[open] input[name=_name]").fill("只看深度困难")
        with page.expect_navigation():
            page.locator(".drop[open] button.primary").click()
        page.goto(sight.origin + "/workers")
        page.locator(".saved").get_by_role("link", name="只看深度困难").click()
        page.wait_for_load_state()
        assert "hardship_category=1" in page.url and page.locator("form.filter [name=name]").input_value() == "王"
        conftest.shot(page, "console-saved-filter")
        page.locator(".saved li", has_text="只看深度困难").get_by_role("button").click()
        with page.expect_navigation():
            page.get_by_role("dialog").locator("button.primary").click()
        assert page.locator(".saved", has_text="只看深度困难").count() == 0

    def test_a_heading_sorts_and_turns(self, sight, clerk):
        page = sight.open("/workers", **clerk)
        for order in ("ascending", "descending"):
            page.locator("#list thead").get_by_role("link", name="建档日期").click()
            page.locator(f'#list th[aria-sort="{order}"]').wait_for()
            column = page.locator("#list thead th").all_inner_texts()
            place = next(index for index, text in enumerate(column) if "建档日期" in text)
            days = [row.locator("td").nth(place).inner_text() for row in page.locator("#list tbody tr").all()]
            assert days == sorted(days, reverse=order == "descending")


class TestForm:
    def test_what_cannot_be_is_listed_and_beside_its_field_and_nothing_typed_is_lost(self, sight, clerk):
        sight.allow("422")
        page = sight.open("/workers/new", **clerk)
        page.fill("input[name=name]", "测试甲")
        page.fill("input[name=family_size]", "99")
        page.locator("input[name=family_size]").press("Control+Enter")
        page.locator("#errors").wait_for()
        conftest.shot(page, "console-form-errors")
        assert page.locator("input[name=name]").input_value() == "测试甲"
        size = page.locator("input[name=family_size]")
        assert size.input_value() == "99" and size.get_attribute("aria-invalid") == "true"
        assert page.locator("#" + size.get_attribute("aria-describedby").split()[-1]).is_visible()
        first = page.locator("#errors a").first
        target = first.get_attribute("href")
        first.click()
        assert "#" + page.evaluate("document.activeElement.id || document.activeElement.closest('[id]').id") == target
        assert conftest.sideways(page) == []

    def test_a_draft_comes_back_and_can_be_let_go(self, sight, clerk):
        page = sight.open("/workers/new", **clerk)
        page.fill("input[name=name]", "测试乙")
        page.keyboard.press("Tab")
        page.locator(".draft-state", has_text="草稿已保存").wait_for()
        again = sight.open("/workers/new", **clerk)
        assert again.locator("input[name=name]").input_value() == "测试乙"
        conftest.shot(again, "console-draft")
        again.get_by_role("button", name="放弃草稿").click()
        again.wait_for_load_state()
        again.goto(sight.origin + "/workers/new")
        assert again.locator("input[name=name]").input_value() == ""

    def test_the_second_of_two_savers_compares_and_overwrites_nothing(self, sight, clerk):
        sight.allow("409")
        pages = [sight.open("/workers", **clerk) for _ in range(2)]
        for page in pages:
            first_record(page).click()
            page.get_by_role("link", name="编辑").click()
            page.wait_for_load_state()
        for page, words in zip(pages, ("先保存的单位", "后保存的单位")):
            page.fill("[name=employer_name]", words)
            with page.expect_navigation():
                page.locator("[name=employer_name]").press("Control+Enter")
        conftest.shot(pages[1], "console-conflict")
        row = pages[1].locator(".compare tbody tr", has_text="工作单位")
        assert "先保存的单位" in row.inner_text() and "后保存的单位" in row.inner_text()
        pages[0].reload()
        assert "先保存的单位" in pages[0].locator("main").inner_text(), "nothing was overwritten"
        row.get_by_text("后保存的单位").click()
        press(pages[1])
        assert "后保存的单位" in pages[1].locator("main").inner_text()

    def test_a_line_is_added_without_javascript_too(self, sight, clerk):
        page = sight.open("/workers/new", java_script_enabled=False, **clerk)
        page.fill("input[name=name]", "测试丙")
        before = page.locator("#family_member .line").count()
        page.get_by_role("button", name="增加一行家庭成员").click()
        assert page.locator("#family_member .line").count() == before + 1
        assert page.locator("input[name=name]").input_value() == "测试丙"


class TestRecord:
    def test_a_record_shows_its_way_and_prints_on_a4(self, sight, clerk):
        page = sight.open("/workers", **clerk)
        first_record(page).click()
        page.wait_for_load_state()
        number = page.locator(".facts .code").first.inner_text()
        conftest.shot(page, "console-record")
        assert page.locator("#history li").count() > 0
        page.get_by_role("link", name="打印").click()
        page.wait_for_load_state()
        pages, size = conftest.paper(page, "console-form-1")
        assert size == "594.96 x 841.92 pts (A4)" and pages <= 3
        assert number in conftest.words_of("console-form-1")

    def test_a_masked_number_is_opened_with_a_purpose_only(self, sight, clerk):
        sight.allow("422")
        page = sight.open("/workers", **clerk)
        first_record(page).click()
        page.locator(".field", has_text="身份证号").first.get_by_role("link", name="查看全文").click()
        page.fill("[name=purpose]", "a")
        press(page)
        assert page.locator("#errors, .field .error").first.is_visible()
        assert not re.search(r"\b\d{17}[\dX]\b", page.content())
        page.fill("[name=purpose]", "核对银行开户信息")
        conftest.shot(page, "console-purpose")
        press(page)
        assert re.search(r"\b\d{17}[\dX]\b", page.locator("main").inner_text())
        page.goto(page.url.split("/open")[0])
        assert not re.search(r"\b\d{17}[\dX]\b", page.content()), "the next look is masked again"

    def test_a_masked_number_is_masked_in_the_page_itself(self, sight, clerk):
        page = sight.open("/workers", **clerk)
        first_record(page).click()
        page.wait_for_load_state()
        assert not re.search(r"\b\d{17}[\dX]\b", page.content())


class TestReview:
    def test_a_reviewer_returns_one_with_a_reason_and_approves_the_next(self, city):
        sight, reviewer = city
        sight.allow("422")
        page = sight.open("/reviews/workers", **reviewer)
        conftest.shot(page, "console-review")
        assert conftest.violations(page) == [] and conftest.sideways(page) == []
        first = page.locator(".queue a[aria-current] strong").inner_text()
        assert not page.locator(".decide textarea").is_visible(), "what a return wants stands folded"
        page.locator(".decide").get_by_role("button", name="退回").click()
        page.locator("#errors").wait_for()
        assert page.locator(".decide textarea").is_visible()
        reason = page.locator(".decide").get_by_role("combobox")
        reason.fill("佐证材料")
        reason.press("Enter")
        page.locator(".decide textarea").fill("佐证材料缺两张票据，请补齐后再报。")
        with page.expect_navigation():
            page.locator(".decide").get_by_role("button", name="退回").click()
        second = page.locator(".queue a[aria-current] strong").inner_text()
        assert second != first, "the next one opens by itself"
        with page.expect_navigation():
            page.locator(".decide").get_by_role("button", name="通过").click()
        assert second not in page.locator(".queue").inner_text()
        page.set_viewport_size(NARROW)
        assert conftest.sideways(page) == []

    def test_it_works_without_javascript(self, city):
        sight, reviewer = city
        page = sight.open("/reviews/workers", java_script_enabled=False, **reviewer)
        before = page.locator(".queue a[aria-current] strong").inner_text()
        page.locator(".decide").get_by_role("button", name="通过").click()
        assert before not in page.locator(".queue").inner_text()


class TestLine:
    def test_a_page_says_when_the_office_is_not_reached_and_when_it_is_again(self, sight, clerk):
        sight.allow("ERR_INTERNET_DISCONNECTED")
        context = sight.context(**clerk)
        page = sight.visit(context, "/workers/new")
        context.set_offline(True)
        page.locator("sync-badge", has_text="与本机服务断开").wait_for()
        page.fill("input[name=name]", "断线时写下")
        page.keyboard.press("Tab")
        page.locator(".draft-state.failed").wait_for()
        page.locator(".submit button.primary").click()
        page.wait_for_timeout(300)
        assert page.locator("input[name=name]").input_value() == "断线时写下", "saving waits on the page"
        conftest.shot(page, "console-offline")
        context.set_offline(False)
        page.wait_for_function("() => !document.querySelector('sync-badge').textContent.includes('断开')")
        page.locator("input[name=name]").press("End")
        page.keyboard.type("的字")
        page.keyboard.press("Tab")
        page.locator(".draft-state:not(.failed)", has_text="草稿已保存").wait_for()
        assert page.locator("input[name=name]").input_value() == "断线时写下的字"


PAGES = ["/", "/workers", "/workers/new", "/sync", "/notices", "/me", "/admin"]


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_it_is_quiet_accessible_and_fits(self, sight, clerk, path):
        page = sight.open(path, **clerk)
        conftest.shot(page, "console" + (path.replace("/", "-") if path != "/" else "-workbench"))
        assert conftest.violations(page) == []
        assert conftest.sideways(page) == []
        page.set_viewport_size(NARROW)
        assert conftest.sideways(page) == []
        assert sight.open(path, java_script_enabled=False, **clerk).locator("h1").first.is_visible()

    def test_a_record_is_too(self, sight, clerk):
        page = sight.open("/workers", **clerk)
        first_record(page).click()
        page.wait_for_load_state()
        assert conftest.violations(page) == []
        page.set_viewport_size(NARROW)
        assert conftest.sideways(page) == []

    @pytest.mark.parametrize("login,path", [
        ("admin", "/admin"), ("admin", "/admin/people"), ("admin", "/admin/people/new"), ("admin", "/admin/rights"),
        ("auditor", "/admin/audit"), ("reviewer", "/reviews/workers"), ("clerk", "/workers/import"), ("clerk", "/workers/export"),
    ])
    def test_those_of_other_roles_are_too(self, sight, people, login, path):
        page = sight.open(path, storage_state=people.state(sight, COUNTY, login))
        assert page.locator("h1").first.is_visible()
        conftest.shot(page, f"console{path.replace('/', '-')}-{login}")
        assert conftest.violations(page) == []
        assert conftest.sideways(page) == []
        page.set_viewport_size(NARROW)
        assert conftest.sideways(page) == []

    @pytest.mark.parametrize("login,path", [("admin", "/workers"), ("auditor", "/workers/new"), ("clerk", "/admin/people")])
    def test_what_a_role_may_not_is_refused_in_words(self, sight, people, login, path):
        sight.allow("403")
        page = sight.open(path, storage_state=people.state(sight, COUNTY, login))
        conftest.shot(page, "console-refused")
        assert "not-allowed" in page.locator("main").inner_text()
        assert conftest.violations(page) == []

    @pytest.mark.parametrize("path", ["/p", "/sign-in"])
    def test_what_strangers_see_is_too(self, sight, path):
        page = sight.open(path)
        conftest.shot(page, "console" + path.replace("/", "-").rstrip("-"))
        assert conftest.violations(page) == []
        page.set_viewport_size(NARROW)
        assert conftest.sideways(page) == []
