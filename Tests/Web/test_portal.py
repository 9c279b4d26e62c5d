"""The portal of a running county, on a telephone: from asking for an account to a corrected file, with a clerk at the counter."""
import json

import conftest
import pytest
from conftest import NARROW, PHONE, Sight
from county import COUNTY, clerk, needs_people, people, sight
from people import PASSWORD, press

pytestmark = needs_people


@pytest.fixture(scope="module")
def module_sight(browser, people):
    made = Sight(browser, people.origin(COUNTY))
    yield made
    made.close()


def ask_for_account(sight, name, phone, **options):
    """The form as somebody fills it on a telephone; gives the page that says what comes next."""
    page = sight.open("/p", PHONE, **options)
    page.get_by_role("link", name="申请网上账号").click()
    page.wait_for_load_state()
    page.fill("input[name=name]", name)
    page.fill("input[name=phone]", phone)
    page.check("input[name=agree]")
    press(page)
    return page


@pytest.fixture(scope="module")
def worker(module_sight, people):
    """Somebody who asked online, was seen at the counter, and set a password on the telephone."""
    sight = module_sight
    page = sight.open("/workers", storage_state=people.state(sight, COUNTY, "clerk"))
    row = page.locator("#list tbody tr").nth(2)
    number, name = row.locator("td a").first.inner_text(), row.locator("td").nth(1).inner_text()
    phone = ask_for_account(sight, name, "13900000047")
    conftest.shot(phone, "portal-asked")
    said = phone.locator("main").inner_text()
    assert "申请收到了" in said and name not in said
    # At the counter.
    page.goto(sight.origin + "/requests")
    conftest.shot(page, "console-requests")
    page.locator("tr", has_text="13900000047").last.locator("a").first.click()
    page.wait_for_load_state()
    conftest.shot(page, "console-request")
    page.fill("input[name=file]", number)
    press(page)
    assert "/account?request=" in page.url
    conftest.shot(page, "console-file-account")
    opening = page.locator("form", has=page.locator("input[name=login]"))
    opening.locator("input[name=checked]").check()
    with page.expect_navigation():
        opening.locator("button.primary").click()
    conftest.shot(page, "console-link-slip")
    conftest.paper(page, "console-link-slip")
    link = page.locator("code.key").inner_text()
    # On the telephone, by the code that it scanned.
    phone.goto(link)
    conftest.shot(phone, "portal-welcome")
    phone.fill("input[name=password]", PASSWORD)
    phone.fill("input[name=again]", PASSWORD)
    press(phone)
    assert phone.url.rstrip("/").endswith("/p")
    assert sight.noise() == []
    return {"storage_state": phone.context.storage_state(), "name": name, "number": number}


def signed_in(worker):
    return {"storage_state": worker["storage_state"]}


STRANGER = ["/p", "/p/sign-up", "/p/sign-up/state", "/p/notice", "/sign-in?back=%2Fp"]
OWN = [
    "/p", "/p/me", "/p/matter", "/p/consents", "/p/consents/04", "/p/consents/07", "/p/corrections", "/p/corrections/new",
    "/p/me/copy", "/p/me/looks", "/p/account"
]


def look(page, name):
    """Read well on a telephone, in large print and high contrast, on the narrowest window, by every sense."""
    conftest.shot(page, f"portal{name}")
    assert conftest.violations(page) == []
    page.set_viewport_size(NARROW)
    assert conftest.sideways(page) == []
    page.evaluate("document.documentElement.classList.add('large', 'contrast')")
    assert conftest.sideways(page) == [] and conftest.violations(page) == []
    conftest.shot(page, f"portal{name}-large-narrow")


class TestLooks:
    @pytest.mark.parametrize("path", STRANGER)
    def test_what_strangers_see_is_quiet_accessible_and_fits(self, sight, path):
        page = sight.open(path, PHONE)
        look(page, "-stranger" + path.split("?")[0].replace("/", "-"))

    @pytest.mark.parametrize("path", OWN)
    def test_what_a_worker_sees_is_too(self, sight, worker, path):
        page = sight.open(path, PHONE, **signed_in(worker))
        assert page.locator("h1").is_visible() and "/sign-in" not in page.url
        look(page, path.replace("/", "-"))

    @pytest.mark.parametrize("path", ["/requests", "/p-account-of-a-file", "/p-consents-of-a-file"])
    def test_what_the_clerk_sees_of_it_is_too(self, sight, worker, clerk, path):
        page = sight.open("/workers/" + worker["number"], **clerk)
        assert page.locator("#consents").is_visible()
        if path == "/requests":
            page.goto(sight.origin + path)
        else:
            page.get_by_role("link", name="网上账号" if "account" in path else "登记同意").click()
            page.wait_for_load_state()
        conftest.shot(page, f"console{path.replace('/', '-')}")
        assert conftest.violations(page) == []
        assert conftest.sideways(page) == []
        page.set_viewport_size(NARROW)
        assert conftest.sideways(page) == []

    def test_buttons_and_fields_are_large_enough_for_a_thumb(self, sight, worker):
        for path in ("/p/corrections/new", "/p/consents/04", "/p/sign-up"):
            page = sight.open(path, PHONE, **signed_in(worker))
            sizes = page.evaluate("""() => [...document.querySelectorAll('main form .btn, main input[type=text], main select:not([hidden])')]
                .map(e => [e.outerHTML.slice(0, 60), e.getBoundingClientRect().height])""")
            assert sizes and [small for small in sizes if small[1] < 44] == []


class TestSignUp:
    def test_what_is_wrong_stands_beside_its_field_and_at_the_head(self, sight):
        sight.allow("422")
        page = sight.open("/p/sign-up", PHONE)
        page.fill("input[name=name]", "何")
        page.fill("input[name=phone]", "1390")
        press(page)
        assert page.locator("#f-phone-error").is_visible() and page.locator("#errors a").count() == 3
        assert page.input_value("input[name=phone]") == "1390"
        conftest.shot(page, "portal-sign-up-errors")
        assert conftest.violations(page) == []

    def test_it_works_without_javascript_and_the_code_follows_it(self, sight):
        page = ask_for_account(sight, "何试", "13900000048", java_script_enabled=False)
        code = page.locator("dd.code").nth(1).inner_text()
        assert "13900000048" not in page.url
        page.goto(sight.origin + "/p/sign-up/state")
        page.fill("input[name=code]", code)
        press(page)
        assert "等您到窗口核对" in page.locator("main").inner_text()


class TestOwnData:
    def test_one_signs_in_with_ones_telephone_and_out_again(self, sight, worker):
        page = sight.open("/p/me", PHONE)
        assert "back=" in page.url
        page.fill("input[name=login]", "13900000047")
        page.fill("input[name=password]", PASSWORD)
        press(page)
        assert page.url.endswith("/p/me") and worker["name"] in page.locator("main").inner_text()
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_load_state()
        page.goto(sight.origin + "/p/me")
        assert "/sign-in" in page.url

    @pytest.mark.parametrize("script", [True, False])
    def test_a_consent_is_given_and_taken_back_with_what_follows_from_it(self, sight, worker, script):
        page = sight.open("/p/consents", PHONE, java_script_enabled=script, **signed_in(worker))
        page.locator("section.consent", has_text="信息公示").get_by_role("link").click()
        page.wait_for_load_state()
        press(page)
        assert "已同意" in page.locator("section", has_text="信息公示").inner_text()
        page.locator("section.consent", has_text="信息公示").get_by_role("link", name="查看或撤回").click()
        page.wait_for_load_state()
        assert "不会因为撤回而取消" in page.locator("main").inner_text()
        conftest.shot(page, "portal-consent-back")
        with page.expect_navigation():
            page.get_by_role("button", name="撤回同意").click()
        assert "已撤回" in page.locator("section", has_text="信息公示").inner_text()

    def test_a_copy_is_a_file_that_reads_and_a_page_that_prints(self, sight, worker):
        page = sight.open("/p/me/copy", PHONE, **signed_in(worker))
        with page.expect_download() as waiting:
            page.get_by_role("button", name="下载文件").click()
        copy = json.loads(waiting.value.path().read_text(encoding="utf-8"))
        assert copy["fileNumber"] == worker["number"] and waiting.value.suggested_filename.endswith(".json")
        with page.expect_navigation():
            page.get_by_role("button", name="打开打印页").click()
        pages, size = conftest.paper(page, "portal-copy")
        assert "A4" in size and pages <= 6 and worker["number"] in conftest.words_of("portal-copy")

    def test_a_correction_goes_to_the_counter_and_its_answer_comes_back(self, sight, worker, clerk):
        page = sight.open("/p/corrections", PHONE, **signed_in(worker))
        page.get_by_role("link", name="提一项更正").click()
        page.wait_for_load_state()
        page.evaluate("document.querySelector('select[name=field]').value = 'postcode'")
        page.fill("textarea[name=wish]", "266600")
        page.fill("textarea[name=reason]", "邮编打错了")
        press(page)
        assert "等工作人员看" in page.locator("main").inner_text()
        conftest.shot(page, "portal-corrections-asked")
        desk = sight.open("/workers/" + worker["number"], **clerk)
        desk.get_by_role("link", name="去办理").first.click()
        desk.wait_for_load_state()
        conftest.shot(desk, "console-correction")
        assert conftest.violations(desk) == []
        desk.fill("textarea[name=answer]", "与户口本一致，不用改")
        with desk.expect_navigation():
            desk.get_by_role("button", name="不改，说明理由").click()
        page.reload()
        assert "与户口本一致" in page.locator("main").inner_text()
        conftest.shot(page, "portal-corrections-answered")
