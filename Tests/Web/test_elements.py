"""What the pages can do more with JavaScript, element by element."""
import conftest
import pytest
from conftest import Sight
from gallery.server import Gallery


@pytest.fixture
def served():
    made = Gallery()
    yield made
    made.shutdown()


@pytest.fixture
def sight(browser, served):
    made = Sight(browser, served.origin)
    yield made
    noise = made.noise()
    made.close()
    assert noise == []


def posts(served, path, count, page):
    """Waits for that many POSTs to a path."""
    for _ in range(200):
        found = [fields for where, fields in served.posted if where == path]
        if len(found) >= count:
            return found
        page.wait_for_timeout(20)
    raise AssertionError(f"{count} POSTs to {path} were expected: {served.posted}")


class TestDraftForm:
    DRAFT = "/workers/1/draft"

    def test_a_draft_is_kept_when_a_changed_field_is_left(self, sight, served):
        page = sight.open("/workers-edit")
        page.fill("#name", "徐平斌二")
        assert served.posted == []
        page.keyboard.press("Tab")
        fields = posts(served, self.DRAFT, 1, page)[0]
        assert fields["name"] == ["徐平斌二"] and fields["_version"] == ["7"] and fields["_csrf"] == ["tok3n"]
        page.locator(".draft-state", has_text="草稿已保存在本机").wait_for()

    def test_it_is_kept_every_minute_while_one_types(self, sight, served):
        context = sight.context()
        page = context.new_page()
        page.clock.install()
        page.goto(served.origin + "/workers-edit")
        page.locator("#cause_text").press_sequentially("补充一句")
        assert served.posted == []
        page.clock.run_for(60_000)
        assert "补充一句" in posts(served, self.DRAFT, 1, page)[0]["cause_text"][0]
        page.clock.run_for(180_000)
        assert len(served.posted) == 1, "nothing new, nothing sent"

    def test_what_could_not_be_kept_is_said_and_tried_again(self, sight, served):
        sight.allow("503")
        served.statuses = [503]
        page = sight.open("/workers-edit")
        page.fill("#name", "甲")
        page.keyboard.press("Tab")
        page.locator(".draft-state.failed", has_text="没有保存成功").wait_for()
        page.fill("#name", "甲乙")
        page.keyboard.press("Tab")
        page.locator(".draft-state:not(.failed)", has_text="草稿已保存").wait_for()
        assert posts(served, self.DRAFT, 2, page)[1]["name"] == ["甲乙"]

    def test_a_session_that_ended_costs_nothing_once_one_has_signed_in_again(self, sight, served):
        sight.allow("401", "403")
        served.statuses = [401]
        page = sight.open("/workers-edit")
        page.fill("#name", "甲")
        page.keyboard.press("Tab")
        page.locator(".draft-state.failed", has_text="登录已过期").wait_for()
        # In another window, with another session.
        served.token, served.statuses = "token-2", [403]
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        page.locator(".draft-state:not(.failed)", has_text="草稿已保存").wait_for()
        last = posts(served, self.DRAFT, 3, page)[-1]
        assert last["_csrf"] == ["token-2"] and last["name"] == ["甲"]
        page.locator("#name").press("Control+Enter")
        assert posts(served, "/workers/1/edit", 1, page)[0]["_csrf"] == ["token-2"]

    def test_leaving_with_something_unsaved_is_asked_about(self, sight, served):
        sight.allow("503")
        served.statuses = [503] * 5
        page = sight.open("/workers-edit")
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.fill("#name", "甲")
        page.keyboard.press("Tab")
        page.locator(".draft-state.failed").wait_for()
        page.evaluate("() => { window.location.href = '/workers' }")
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"] and page.url.endswith("/workers-edit")

    def test_nothing_is_asked_when_nothing_was_typed_or_all_is_kept(self, sight, served):
        page = sight.open("/workers-edit")
        page.on("dialog", lambda dialog: pytest.fail("asked"))
        page.fill("#name", "甲")
        page.keyboard.press("Tab")
        posts(served, self.DRAFT, 1, page)
        page.locator(".draft-state", has_text="草稿已保存").wait_for()
        page.goto(served.origin + "/workers")
        assert page.url.endswith("/workers")

    def test_saving_waits_on_the_page_until_the_service_answers(self, sight, served):
        sight.allow("503")
        served.statuses = [503, 503]
        page = sight.open("/workers-edit")
        page.fill("#name", "甲")
        page.keyboard.press("Tab")
        page.locator(".draft-state.failed").wait_for()
        save = page.locator(".submit").get_by_role("button", name="保存", exact=True)
        save.click()
        posts(served, self.DRAFT, 2, page)
        page.wait_for_timeout(100)
        assert page.locator("#name").input_value() == "甲" and page.locator(".draft-state.failed").is_visible()
        save.click()
        assert posts(served, "/workers/1/edit", 1, page)[0]["name"] == ["甲"]
        assert posts(served, self.DRAFT, 3, page)

    def test_control_and_enter_save_and_a_second_press_does_nothing(self, sight, served):
        page = sight.open("/workers-edit")
        page.locator("#name").press("Control+Enter")
        page.locator("#name").press("Control+Enter")
        fields = posts(served, "/workers/1/edit", 1, page)
        page.wait_for_timeout(200)
        assert len([where for where, _ in served.posted if where == "/workers/1/edit"]) == 1
        assert fields[0]["do"] == ["save"]

    def test_a_form_with_errors_begins_at_their_list_and_leads_to_the_fields(self, sight):
        page = sight.open("/workers-edit")
        assert page.evaluate("document.activeElement.id") == "errors"
        page.locator("#errors a").first.click()
        assert page.evaluate("document.activeElement.id") == "phone"
        assert page.locator("#phone").get_attribute("aria-describedby") == "phone-error"
        assert "11 位" in page.locator("#phone-error").inner_text()


class TestConfirm:
    def test_a_question_stands_before_the_deed_and_no_means_no(self, sight, served):
        page = sight.open("/workers-1")
        page.get_by_role("button", name="上报").click()
        dialog = page.get_by_role("dialog")
        assert "上报到青岛市" in dialog.inner_text()
        conftest.shot(page, "element-confirm")
        dialog.get_by_role("button", name="再想想").click()
        page.wait_for_timeout(100)
        assert served.posted == [] and dialog.count() == 0
        assert page.evaluate("document.activeElement.textContent") == "上报"

    def test_escape_means_no_too(self, sight, served):
        page = sight.open("/workers-1")
        page.get_by_role("button", name="上报").click()
        page.keyboard.press("Escape")
        page.wait_for_timeout(100)
        assert served.posted == [] and page.get_by_role("dialog").count() == 0

    def test_yes_sends_what_the_button_would_have_sent(self, sight, served):
        page = sight.open("/workers-1")
        page.get_by_role("button", name="上报").click()
        page.get_by_role("dialog").get_by_role("button", name="上报").click()
        fields = posts(served, "/workers/1/report", 1, page)[0]
        assert fields == {"_csrf": ["tok3n"], "_version": ["7"]}


class TestCodePicker:
    def test_initials_find_an_option_and_the_select_is_what_is_sent(self, sight, served):
        page = sight.open("/workers-edit")
        box = page.get_by_role("combobox", name="民族")
        assert box.input_value() == "汉族"
        box.click()
        box.fill("wwe")
        assert page.locator("code-picker [role=option]").all_inner_texts() == ["维吾尔族"]
        conftest.shot(page, "element-code-picker")
        box.press("Enter")
        assert box.input_value() == "维吾尔族"
        assert posts(served, "/workers/1/draft", 1, page)[0]["ethnicity"] == ["05"]

    def test_a_name_or_a_code_finds_it_too(self, sight):
        page = sight.open("/workers-edit")
        box = page.get_by_role("combobox", name="民族")
        box.fill("满")
        assert page.locator("code-picker [role=option]").all_inner_texts() == ["满族"]
        box.fill("08")
        assert page.locator("code-picker [role=option]").all_inner_texts() == ["壮族"]

    def test_arrows_walk_and_escape_keeps_what_was(self, sight):
        page = sight.open("/workers-edit")
        box = page.get_by_role("combobox", name="民族")
        box.focus()
        box.press("ArrowDown")
        page.locator("code-picker [role=option]").first.wait_for()
        box.press("ArrowDown")
        box.press("ArrowDown")
        assert page.locator('[role=option][aria-selected="true"]').inner_text() == "蒙古族"
        assert box.get_attribute("aria-activedescendant") == page.locator('[aria-selected="true"]').get_attribute("id")
        box.press("Escape")
        assert box.input_value() == "汉族" and page.locator("code-picker [role=option]:visible").count() == 0

    def test_what_fits_nothing_is_said_and_forgotten(self, sight):
        page = sight.open("/workers-edit")
        box = page.get_by_role("combobox", name="民族")
        box.fill("不存在")
        assert page.locator("code-picker [role=option]").all_inner_texts() == ["没有符合的选项"]
        box.press("Enter")
        box.press("Tab")
        assert box.input_value() == "汉族"

    def test_emptied_it_means_no_value(self, sight, served):
        page = sight.open("/workers-edit")
        page.get_by_role("combobox", name="民族").fill("")
        page.keyboard.press("Tab")
        assert posts(served, "/workers/1/draft", 1, page)[0]["ethnicity"] == [""]

    def test_a_table_too_long_for_the_page_is_asked_for(self, sight, served):
        page = sight.open("/workers-edit")
        box = page.get_by_role("combobox", name="居住地区划")
        assert box.input_value() == "370285 莱西市"
        box.fill("黄岛")
        page.get_by_role("option", name="370211 黄岛区").click()
        assert box.input_value() == "370211 黄岛区"
        assert posts(served, "/workers/1/draft", 1, page)[0]["residence_division"] == ["370211"]

    def test_an_open_list_of_options_has_no_fault_that_axe_knows(self, sight):
        page = sight.open("/workers-edit")
        page.get_by_role("combobox", name="民族").fill("z")
        page.locator("code-picker [role=option]").first.wait_for()
        assert conftest.violations(page) == []


class TestRowTable:
    def test_a_line_is_added_with_the_next_number_and_the_focus_in_it(self, sight, served):
        page = sight.open("/workers-edit")
        page.get_by_role("button", name="增加家庭成员").click()
        assert page.evaluate("document.activeElement.name") == "family_member.1.name"
        assert page.locator("#family_member .line-number").all_inner_texts() == ["1", "2"]
        page.keyboard.type("新成员")
        page.keyboard.press("Tab")
        assert posts(served, "/workers/1/draft", 1, page)[-1]["family_member.1.name"] == ["新成员"]
        assert page.locator("[id*=__n__], [name*=__n__], [for*=__n__]").count() == 0

    def test_a_row_of_a_table_is_added_too(self, sight):
        page = sight.open("/workers-edit")
        page.get_by_role("button", name="增加一行").click()
        assert page.locator("#rigid_expense tbody tr").count() == 3
        assert page.evaluate("document.activeElement.name") == "rigid_expense.2.t"

    def test_a_saved_line_can_be_kept_after_all_a_new_one_goes_at_once(self, sight, served):
        page = sight.open("/workers-edit")
        line = page.locator("#family_member-0")
        line.locator(".remove input").check()
        assert "gone" in line.get_attribute("class") and "撤销删除" in line.inner_text()
        assert posts(served, "/workers/1/draft", 1, page)[-1]["family_member.0._remove"] == ["1"]
        line.locator(".remove input").uncheck()
        assert "gone" not in line.get_attribute("class")
        page.get_by_role("button", name="增加家庭成员").click()
        page.locator("#family_member-1 .remove input").click()
        assert page.locator("#family_member-1").count() == 0
        assert page.evaluate("document.activeElement.textContent") == "增加家庭成员"


class TestSelectAll:
    def test_buttons_wait_for_a_tick_and_say_how_many(self, sight):
        page = sight.open("/workers")
        report = page.locator(".bulk").get_by_role("button", name="上报")
        assert report.is_disabled()
        page.get_by_label("选中 王晓梅").check()
        assert report.is_enabled() and "已选 1 条" in page.locator(".bulk").inner_text()
        page.get_by_label("选中本页全部").check()
        assert "已选 20 条" in page.locator(".bulk").inner_text()
        conftest.shot(page, "element-select-all")

    def test_shift_ticks_all_between(self, sight):
        page = sight.open("/workers")
        page.get_by_label("选中 王晓梅").click()
        page.get_by_label("选中 赵桂英").click(modifiers=["Shift"])
        assert "已选 5 条" in page.locator(".bulk").inner_text()

    def test_all_results_are_sent_as_the_filters_in_force(self, sight, served):
        page = sight.open("/workers")
        page.locator("input[name=scope]").check()
        assert "已选 1,234 条" in page.locator(".bulk").inner_text()
        page.locator(".bulk").get_by_role("button", name="打印").click()
        fields = posts(served, "/workers/bulk", 1, page)[0]
        assert fields == {"_csrf": ["tok3n"], "status": ["40"], "scope": ["all"], "do": ["print"]}

    def test_ticked_rows_are_sent_by_their_numbers(self, sight, served):
        page = sight.open("/workers")
        page.get_by_label("选中 徐平斌").check()
        page.get_by_label("选中 于海燕").check()
        page.locator(".bulk").get_by_role("button", name="打印").click()
        assert posts(served, "/workers/bulk", 1, page)[0]["id"] == ["r1", "r2"]


class TestSyncBadge:
    def test_the_badge_is_asked_anew_and_says_when_nobody_answers(self, sight, served):
        sight.allow("Failed to load resource")
        context = sight.context()
        page = context.new_page()
        page.clock.install()
        page.goto(served.origin + "/index")
        badge = page.locator("sync-badge")
        assert "23 条待上报" in badge.inner_text()
        page.clock.run_for(30_000)
        badge.get_by_text("已全部上报").wait_for()
        context.route("**/sync/badge", lambda route: route.abort())
        page.clock.run_for(30_000)
        badge.get_by_text("与本机服务断开").wait_for()
        conftest.shot(page, "element-badge-trouble")
        context.unroute("**/sync/badge")
        page.clock.run_for(30_000)
        badge.get_by_text("已全部上报").wait_for()


class TestReadAloud:
    # A browser without a screen has no voices: one of this computer and one of another, which must never be used.
    VOICES = """(names) => {
        const spoken = [];
        const voices = names.map((name) => ({ name, lang: "zh-CN", localService: name !== "far" }));
        window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
        const speech = Object.assign(new EventTarget(), {
            spoken, getVoices: () => voices, speak: (saying) => spoken.push(saying),
            cancel: () => { spoken.splice(0).forEach((saying) => saying.dispatchEvent(new Event("error"))); },
        });
        Object.defineProperty(window, "speechSynthesis", { value: speech });
    }"""

    def page(self, sight, served, *voices):
        context = sight.context()
        context.add_init_script(f"({self.VOICES})({list(voices)})")
        return sight.visit(context, "/p")

    def test_the_page_is_read_line_by_line_by_a_voice_of_this_computer_and_stops(self, sight, served):
        page = self.page(sight, served, "far", "near")
        page.get_by_role("button", name="朗读本页").click()
        said = page.evaluate("speechSynthesis.spoken.map((saying) => [saying.voice.name, saying.text])")
        assert ["near", "有困难，找工会"] in said and all(name == "near" for name, _ in said)
        assert conftest.violations(page) == []
        conftest.shot(page, "element-read-aloud")
        page.get_by_role("button", name="停止朗读").click()
        assert page.evaluate("speechSynthesis.spoken.length") == 0
        page.get_by_role("button", name="朗读本页").click()
        page.evaluate("[...speechSynthesis.spoken].forEach((saying) => saying.dispatchEvent(new Event('end')))")
        page.get_by_role("button", name="朗读本页").wait_for()

    def test_without_a_voice_of_this_computer_nothing_is_offered(self, sight, served):
        page = self.page(sight, served, "far")
        page.locator("h1").wait_for()
        assert page.locator("read-aloud button").count() == 0
