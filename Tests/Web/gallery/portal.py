"""The portal."""

from gallery.frame import btn, field, frame
from gallery.records import record as rec


def pf(title, cur="/p/", user=True, **kw):
    c = frame(
        title, product="职工帮扶服务大厅", hasMenu=True, menu=[
            dict(label=a, href=b, isCurrent=b == cur)
            for a, b in [("首页", "/p/"), ("我的信息", "/p/me"), ("我的申请", "/p/matters"), ("授权", "/p/consents")]
        ], help=dict(text="不会用？打服务热线", phone="12351"), signIn="/p/sign-in", **kw)
    c["user"] = dict(name="徐先生", href="/p/me") if user else None
    return c


def home():
    return "portal-home", pf(
        "首页", heading="有困难，找工会", lead="在这里可以申请帮扶、咨询、求职、学技能，也能查办到哪一步了。", entries=[
            dict(label=a, text=b, href="/p/x")
            for a, b in [("申请困难帮扶",
                          "家里遇到困难，先建档再帮扶"), ("反映问题",
                                             "欠薪、工伤、社保，说给我们听"), ("找律师",
                                                                 "免费法律咨询和援助"), ("找工作",
                                                                                "经过审核的岗位"), ("学技能",
                                                                                             "免费培训和考试"), ("看政策", "用大白话讲清楚")]
        ], mine=dict(
            title="我的办理", hasRows=True, empty="", rows=[
                dict(title="困难帮扶申请", text="市里正在审核，一般 10 个工作日内答复。", when="11 月 24 日", href="/p/m/1",
                     tag=dict(kind="second", text="审核中"))
            ]), news=dict(title="通知公告", hasRows=True, empty="",
                          rows=[dict(text="2027 年“金秋助学”开始申请", when="11 月 20 日", href="/p/n/1")]))


def signup():
    return "portal-form", pf(
        "注册", "", False, step="第 1 步，共 2 步", heading="注册", lead="用手机号注册，以后办事、查进度都用它。",
        errors=dict(title="有 1 处要改",
                    items=[dict(text="手机号码要 11 位", href="#phone")]), action="/p/sign-up", hidden=[], fields=[
                        field("name", "姓名", isRequired=True, maximum="30", autocomplete="name", value="徐平斌"),
                        field("phone", "手机号码", isRequired=True, inputMode="numeric", maximum="11", autocomplete="tel",
                              value="1380000", error="手机号码要 11 位，现在是 7 位。"),
                        field("password", "设一个密码", "password", isRequired=True, help="至少 8 位，要有字母和数字。",
                              autocomplete="new-password")
                    ], agree=dict(name="agree", label="我看过了，同意", text="我们只用您的姓名和手机号建账号、通知办理进度，不给别人。", href="/p/notice",
                                  linkLabel="看完整的告知书", isChecked=False, hasError=False),
        buttons=[btn("下一步", isPrimary=True)], links=[dict(label="已经注册过，直接登录", href="/p/sign-in")])


def me():
    r = rec()[1]
    return "portal-me", pf(
        "我的信息", "/p/me", heading="我的信息", lead="这是工会存着的您的信息。错了可以要求更正，不用了可以要求删除。", sections=r["sections"][:2], rights=[
            dict(label="要一份复印件", text="下载您的全部信息", href="/p/me/copy"),
            dict(label="要求更正", text="15 个工作日内答复", href="/p/me/correct"),
            dict(label="要求删除", text="说明哪些能删、哪些依法要留", href="/p/me/delete"),
            dict(label="我的授权", text="看看同意过什么，随时收回", href="/p/consents")
        ], looks=dict(title="谁看过我的完整号码", text="每次查看都要写明用途。", hasRows=True, empty="",
                      rows=[dict(when="11 月 24 日 16:02", who="莱西市总工会 张敏", what="身份证号。用途：核对银行开户信息")]))


def consents():
    return "portal-consents", pf(
        "授权", "/p/consents", heading="我的授权", lead="同意过的都列在这里。撤回和同意一样方便；正在发放的帮扶不会因为撤回而取消。", hasConsents=True, empty="",
        consents=[
            dict(title="建立困难职工档案", text="工会登记您和家人的情况，用来判断能给什么帮助。", state=dict(kind="passed", text="已同意"),
                 since="2023-02-23 09:10 · 书面 · 告知书 2022-1 版", door=btn("查看或撤回：建立困难职工档案", "/p/consents/01")),
            dict(title="登记疾病和残疾情况", text="属于敏感信息，只给审核的人看。", state=dict(kind="void", text="已撤回"),
                 since="2026-05-06 20:31 · 网上 · 告知书 2026-1 版", door=btn("查看并同意：登记疾病和残疾情况", "/p/consents/05"))
        ])


def matter():
    r = rec()[1]
    return "portal-matter", pf(
        "困难帮扶申请", "/p/matters", heading="困难帮扶申请", lead="11 月 20 日提交。", number=dict(label="受理号", value="AP37028500123"),
        tags=[dict(kind="second", text="市里审核中")], hasStatus=True, status=[
            dict(label="已提交", note="11 月 20 日", isDone=True, isCurrent=False, isReturned=False),
            dict(label="入户调查", note="11 月 22 日", isDone=True, isCurrent=False, isReturned=False),
            dict(label="市里审核", note="一般 10 个工作日", isDone=False, isCurrent=True, isReturned=False),
            dict(label="公示", isDone=False, isCurrent=False, isReturned=False),
            dict(label="发放", isDone=False, isCurrent=False, isReturned=False)
        ], next=dict(title="接下来", text="您现在不用做什么。最晚 12 月 4 日会有结果，到时发短信告诉您。"), hasButtons=True, action="/p/m/1/urge",
        hidden=[], buttons=[btn("催一催"), btn("撤回申请", isDanger=True, confirm="撤回这份申请？")], history=dict(
            rows=[dict(when="11 月 22 日", who="莱西市总工会", what="入户调查", text="两位工作人员上门了解了情况。", hasChanges=False, changes=[])]))


def consent():
    return "portal-page", pf(
        "撤回同意", "/p/consents", heading="撤回同意：逐级上报", tag=dict(kind="passed", text="已同意"), hasFacts=False, facts=[], parts=[
            dict(title="这是什么", lines=["您的档案送上一级工会审核。上级只看审核需要的内容。"]),
            dict(title="撤回以后会怎样", lines=["从现在起不再上报；正在等上级审核的，会马上撤回来。", "已经批准、正在发放的帮扶不会因为撤回而取消。"])
        ], form=dict(action="/p/consents/04", hidden=[], fields=[], buttons=[btn("撤回同意", isDanger=True, name="act", value="withdrawn")]),
        rows=[], hasRows=False, buttons=[], links=[dict(label="不改，返回", href="/p/consents")])


def asked():
    return "portal-page", pf(
        "申请收到了", "/p/sign-up", False, heading="申请收到了", lead="请记下查询码，或者把这一页截屏。", tag=dict(kind="waiting", text="等您到窗口核对"),
        hasFacts=True, facts=[dict(label="申请编号", value="12", isCode=True), dict(label="查询码", value="ABCDE-FGHJK", isCode=True)],
        parts=[dict(title="接下来", lines=["30 天内，请本人带身份证原件到窗口，报申请编号 12。"])], rows=[], hasRows=False, buttons=[],
        links=[dict(label="返回首页", href="/p")])


def corrections():
    return "portal-page", pf(
        "要求更正", "/p/corrections", heading="要求更正", lead="档案里写错了、写漏了，告诉我们。15 个工作日内答复。", hasFacts=False, facts=[], parts=[],
        rowsTitle="我提过的", hasRows=True, rows=[
            dict(title="手机号码", when="2026-11-20 08:12", tag=dict(kind="waiting", text="等工作人员看"),
                 lines=["应该是：13800000047", "原因：换号了", "最晚 2026-12-11 前答复您。"],
                 form=dict(action="/p/corrections/2/withdraw", hidden=[], buttons=[btn("不用改了", confirm="撤回这项更正申请？")])),
            dict(title="邮政编码", when="2026-10-08 19:40", tag=dict(kind="returned", text="没有改"), lines=["答复：与户口本一致，不用改"])
        ], buttons=[btn("提一项更正", "/p/corrections/new", isPrimary=True)], links=[])


PAGES = {
    "p": home, "p-sign-up": signup, "p-me": me, "p-consents": consents, "p-matter": matter, "p-consent": consent, "p-asked": asked,
    "p-corrections": corrections
}
