"""One file's whole way through five nodes, by the hands of everybody whom scripts/demo invites, with the city's line cut in between."""
import os
import re
import subprocess
import time

import conftest
import households
import pytest
from conftest import Sight
from people import People

COUNTY, CITY, PROVINCE, NATION = "370285", "370200", "370000", "000000"
pytestmark = pytest.mark.skipif("BANGFU_NODES" not in os.environ, reason="needs a federation whose lines can be cut: scripts/test-web")
PATIENCE = 90


@pytest.fixture(scope="module")
def people():
    return People()


@pytest.fixture
def desks(browser, people):
    """Opens a page of somebody's console; all of them must have stayed quiet."""
    sights = {}

    def desk(seat, login, path="/"):
        if (seat, login) not in sights:
            sight = sights[seat, login] = Sight(browser, people.origin(seat))
            sight.desk = sight.context(storage_state=people.state(sight, seat, login))
        return sights[seat, login].visit(sights[seat, login].desk, path)

    yield desk
    noise = [line for sight in sights.values() for line in sight.noise()]
    for sight in sights.values():
        sight.close()
    assert noise == []


def line(act):
    subprocess.run([conftest.ROOT / "scripts" / "line", os.environ["BANGFU_NODES"], CITY, act], check=True)


def until(found, what):
    """Looks again until it is so: a line that comes back is used within moments, and nobody knows within how many."""
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def press(page, name):
    with page.expect_navigation(timeout=60_000):
        page.get_by_role("button", name=name, exact=True).first.click()


def let_in(desks, people, mark, name):
    """An account for the worker of a file, asked for by the administrator and approved by a second person; their matter."""
    admin = desks(COUNTY, "admin", "/admin/people/new")
    headers = {"X-CSRF-Token": admin.locator("[name=_csrf]").first.get_attribute("value")}
    origin = people.origin(COUNTY)

    def post(path, body):
        answer = admin.request.post(f"{origin}/api/v1/{path}", headers=headers, data=body)
        assert answer.ok, answer.text()
        return answer.json()

    invited = post("accounts", {"login": "story", "name": name, "isOutside": True, "record": mark})
    post(f"accounts/{invited['account']}/grants", {"role": "worker"})
    grants = desks(COUNTY, "security", "/admin/grants")
    grants.locator("tr", has_text=name).get_by_role("link").first.click()
    grants.wait_for_load_state()
    with grants.expect_navigation():
        grants.get_by_role("button", name="批准").first.click()
    people.seats[COUNTY]["people"]["story"] = invited["path"]
    return desks(COUNTY, "story", "/p/matter")


def held(page):
    page.reload()
    return int(re.search(r"困难职工档案 ([\d,]+)", page.inner_text("main"))[1].replace(",", ""))


def test_a_file_is_made_reviewed_and_counted_while_the_citys_line_is_cut_and_comes_back(desks, people, tmp_path):
    counted = desks(NATION, "analyst", "/statistics")
    before = held(counted)

    number = "3702852021990001"
    household = households.copy(households.model("2"), number, households.areas()[-1], name="郑线程")
    clerk = desks(COUNTY, "clerk", "/workers/import")
    clerk.set_input_files("input[name=file]", households.write(tmp_path, [household]))
    press(clerk, "试运行")
    clerk.set_input_files("input[name=file]", households.write(tmp_path, [household]))
    clerk.get_by_role("button", name="正式导入").click()
    with clerk.expect_navigation():
        clerk.get_by_role("dialog").locator("button.primary").click()
    assert "已导入 1" in clerk.inner_text("main")
    conftest.shot(clerk, "story-1-made")

    reviewer = desks(COUNTY, "reviewer", f"/workers?q={number}")
    reviewer.locator("#list tbody a").first.click()
    reviewer.wait_for_load_state()
    mark = reviewer.url.split("?")[0].rsplit("/", 1)[1]
    worker = let_in(desks, people, mark, "郑线程")
    assert "办理" in worker.inner_text("main")
    press(reviewer, "上报")
    conftest.shot(reviewer, "story-2-reported")

    city = desks(CITY, "reviewer", f"/workers?q={number}")
    until(lambda: city.reload() and city.locator("#list tbody a").count() == 1, "the file did not come to the city")
    worker.reload()
    assert "审核" in worker.inner_text("main") and "不需要做什么" in worker.inner_text("main")

    line("cut")
    try:
        city.goto(f"{city.url.split('/workers')[0]}/reviews/workers/{mark}")
        press(city, "通过")
        sync = desks(CITY, "reviewer", "/sync")
        conftest.shot(sync, "story-3-cut")
        above = desks(PROVINCE, "reviewer", f"/workers?q={number}")
        assert above.locator("#list tbody a").count() == 0, "nothing goes through a line that is cut"
        assert held(counted) == before
    finally:
        line("mend")

    until(lambda: above.reload() and above.locator("#list tbody a").count() == 1, "the file did not come to the province")
    above.goto(f"{above.url.split('/workers')[0]}/reviews/workers/{mark}")
    press(above, "通过")
    until(lambda: held(counted) == before + 1, "the nation does not count it")
    conftest.shot(counted, "story-4-counted")

    clerk.goto(f"{clerk.url.split('/workers')[0]}/workers?q={number}")
    until(lambda: clerk.reload() and "在档" in clerk.locator("#list tbody tr").inner_text(), "the decision did not come down")
    clerk.locator("#list tbody a").first.click()
    clerk.wait_for_load_state()
    conftest.shot(clerk, "story-5-approved")
    worker.reload()
    assert "已审核在档" in worker.inner_text("main")
    conftest.shot(worker, "story-6-followed")
