"""Workbench, review queue, notices, synchronisation, administration."""

from gallery.frame import btn, cell, field, frame, opts
from gallery.records import record as rec


def bench():
    return "workbench", frame(
        "工作台", "/", heading="下午好，李静", lead="11 月 26 日 星期四。线路正常，市里今天退回 2 份。", hasDoors=True, doors=[
            btn("新建档案", "/workers/new", isPrimary=True, hasIcon=True, icon="plus-lg"),
            btn("登记来访", "/petitions/new", hasIcon=True, icon="person-plus")
        ], work=[
            dict(
                title="待我办理", hasRows=True, empty="", rows=[
                    dict(what=a, number=n, age=g, isLate=l, href=h)
                    for a, n, g, l, h in [("退回待改正的档案", "2", "最早 1 天前", False,
                                           "/workers?status=55"), ("待审核的档案", "12", "最早 6 天前", True, "/reviews"),
                                          ("待上报的档案", "23", "最早 2 天前", False,
                                           "/workers?status=40"), (
                                               "公示期将满", "4", "最早 11 月 28 日", False,
                                               "/workers?status=35"), ("未保存完的草稿", "1", "昨天 17:40", False, "/me/drafts")]
                ]),
            dict(
                title="需要留意", hasRows=True, empty="", rows=[
                    dict(what=a, number=n, age=g, isLate=l, href="/workers")
                    for a, n, g, l in [("一年未核查", "31", "最早 2025-09-02", True), ("系统检查有疑问", "8", "", False)]
                ])
        ], due=dict(
            title="近期到期", hasRows=True, empty="", rows=[
                dict(text="徐平斌 年度核查", when="今天", href="/w", isLate=True),
                dict(text="王晓梅 公示期满", when="11 月 28 日", href="/w", isLate=False),
                dict(text="11 月报表上报", when="12 月 3 日", href="/r", isLate=False)
            ], more=dict(label="全部期限", href="/due")), news=dict(
                title="通知", hasRows=True, empty="", rows=[
                    dict(text="青岛市退回 2 份档案", when="09:12", href="/n", isUnread=True),
                    dict(text="2027 年低保标准已下发，自 1 月 1 日起执行", when="昨天", href="/n", isUnread=False)
                ], more=dict(label="全部通知", href="/notices")),
        line=dict(
            title="同步", href="/sync", label="同步状态",
            rows=[dict(label="上级", value="青岛市总工会，1 分钟前联系"),
                  dict(label="待上报", value="23 条"),
                  dict(label="待处理", value="无")]))


def review():
    r = rec()[1]
    return "review", frame(
        "审核", "/reviews", heading="待审核档案", filters=[
            dict(label="初审 12", href="?stage=1", isCurrent=True),
            dict(label="复审 3", href="?stage=2", isCurrent=False),
            dict(label="我退回的 2", href="?stage=3", isCurrent=False)
        ], queue=dict(
            title="按等待时间", hasItems=True, more=dict(label="还有 8 份", href="?page=2"), items=[
                dict(title=n, text=x, age=a, href="/reviews/1", isLate=l, isCurrent=c)
                for n, x, a, l, c in [("徐平斌", "深度困难 · 莱西市", "6 天", True,
                                       True), ("于海燕", "相对困难 · 莱西市", "4 天", False,
                                               False), ("孙立国", "意外致困 · 市南区", "2 天", False,
                                                        False), ("赵桂英", "深度困难 · 莱西市", "1 天", False, False)]
            ]), file=dict(
                heading="徐平斌", subtitle="深度困难 · 市级标准", tags=[dict(kind="waiting", text="待初审")], facts=[
                    dict(label="档案编号", value="3702852023000001", isCode=True),
                    dict(label="来自", value="莱西市总工会", isCode=False),
                    dict(label="第", value="8 版", isCode=False)
                ], href="/workers/1", findings=[dict(kind="note", text="系统检查：家庭人口 3，成员 2 行。")], differences=dict(
                    title="与上次审核相比", before="上次审核（第 5 版）", after="本次上报（第 8 版）", hasRows=True, none="", rows=[
                        dict(label="本人月平均收入", before="1,750.00 元", after="1,860.00 元"),
                        dict(label="刚性支出合计（年）", before="38,200.00 元", after="56,800.00 元")
                    ]), sections=r["sections"][:2], decision=dict(
                        action="/reviews/1", version="8", hidden=[], summary="退回或否决：填写原因", isOpen=True, fields=[
                            field("reason", "退回原因", "select", options=opts([("06", "佐证材料缺失或不清"), ("03", "收入或支出数据矛盾")]),
                                  help="通过时不用选。"),
                            field("text", "说明", "long", maximum="300", help="退回时至少 10 个字，写给建档单位看。")
                        ], buttons=[
                            btn("通过", isPrimary=True, name="do", value="approve"),
                            btn("退回", isDanger=True, name="do", value="return"),
                            btn("先看下一份", "/reviews/2")
                        ])))


def notices():
    return "notices", frame(
        "通知", heading="通知", actions=[btn("全部标为已读", "/n/read")],
        filters=[dict(label="未读 3", href="?u", isCurrent=True),
                 dict(label="全部", href="?a", isCurrent=False)], hasRows=True, empty="", rows=[
                     dict(title="青岛市退回 2 份档案", when="2026-11-26 09:12", **{"from": "青岛市总工会"}, text="徐平斌、于海燕。原因：佐证材料缺失或不清。",
                          isUnread=True, href="/workers?status=55", label="去改正",
                          done=dict(action="/notices/1/read", hidden=[], label="标为已读")),
                     dict(title="2027 年低保标准已下发", when="2026-11-25 15:00", **{"from": "山东省总工会"},
                          text="自 2027 年 1 月 1 日起执行，新建档案自动采用。", isUnread=False, href="/policies/1", label="查看标准")
                 ])


def sync():
    return "sync-page", frame(
        "同步", "/sync", heading="同步状态", actions=[btn("导出到 U 盘", "/sync/bundle", hasIcon=True, icon="usb-drive")],
        lead="本机离线也能照常工作；联网后自动上报，不用人守着。", summary=dict(kind="note", text="与青岛市的线路正常。有 23 条已签名封存，正在排队上报，预计几分钟内送完。"), links=[
            dict(
                name="青岛市总工会", role="上级", state="waiting", text="线路正常，还有 23 条待送", facts=[
                    dict(label="最近联系", value="1 分钟前"),
                    dict(label="已送到", value="第 312 封，2026-11-26 20:58"),
                    dict(label="已收到", value="第 208 封")
                ], forms=[dict(action="/sync/now", hidden=[], buttons=[btn("立即同步")])]),
            dict(name="望城街道工会", role="下级", state="offline", text="3 天没有联系，可能断网",
                 facts=[dict(label="最近联系", value="2026-11-23 16:40"),
                        dict(label="已收到", value="第 41 封")], forms=[])
        ], waiting=dict(
            title="暂时不能生效的记录", columns=[dict(label=x, isNumber=False) for x in ["记录", "原因", "等什么", "从何时"]], hasRows=True,
            rows=[dict(cells=[cell("徐平斌 档案第 8 版"),
                              cell("代码表比本机新"),
                              cell("代码表第 4 版，随下次下发到达"),
                              cell("2026-11-26 20:10")])], empty="没有。收到的记录都已生效。"),
        stick=dict(title="没有网络时", text="把待上报的记录导出到 U 盘，带到市里导入；市里的审核结果也可以用 U 盘带回。内容已签名加密，丢了也不会泄露。",
                   buttons=[btn("导出到 U 盘", "/a"), btn("从 U 盘导入", "/b")]))


def admin():
    return "hub", frame(
        "系统管理", "/admin", heading="系统管理", groups=[
            dict(
                title="人员和权限", hasTitle=True, doors=[
                    dict(label="账号", text="开户、停用、重发一次性链接", href="/admin/accounts"),
                    dict(label="授权待批", text="系统管理员授权后由安全管理员批准", href="/admin/grants", count="2"),
                    dict(label="角色和权限表", text="谁能做什么，逐格列出", href="/admin/permissions"),
                    dict(label="登录会话", text="谁在线，结束会话", href="/admin/sessions")
                ]),
            dict(
                title="本机", hasTitle=True, doors=[
                    dict(label="操作日志", text="谁在何时做了什么，校验链条", href="/admin/audit"),
                    dict(label="参数和标准", text="生效日期、适用地区", href="/admin/parameters"),
                    dict(label="工作日历", text="节假日和调休", href="/admin/calendar"),
                    dict(label="备份和证书", text="上次备份、证书到期", href="/admin/backup")
                ])
        ])


def people():
    A = [("lijing", "李静", "县级审核人", "正常", "passed", "今天 13:02"), ("zhangmin", "张敏", "帮扶中心经办人", "正常", "passed", "今天 08:31"),
         ("wanglei", "王磊", "财务人员", "待启用", "waiting", "—"), ("sunqiang", "孙强", "帮扶中心经办人", "已锁定", "returned", "昨天 17:55"),
         ("liuna", "刘娜", "审计员", "已停用", "void", "2026-06-30")]
    return "list", frame(
        "账号", "/admin", crumbs=[("系统管理", "/admin"), ("账号", None)], heading="账号",
        actions=[btn("新建账号", "/admin/accounts/new", isPrimary=True, hasIcon=True, icon="person-plus")],
        filter=dict(action="/admin/accounts", hidden=[], search=field("q", "姓名或账号"),
                    fields=[field("role", "角色", "select", options=[])], hasMore=False, more=[], hasChosen=False,
                    chosen=[]), hasSaved=False, caption="账号", hasRows=True, hasRowActions=True, canSelect=False, columns=[
                        dict(label=x, isNumber=False, isLink=False, isSorted=False, isDown=False, href="")
                        for x in ["账号", "姓名", "角色", "状态", "最近登录"]
                    ], rows=[
                        dict(
                            id=a, name=b, hasActions=True, actions=[dict(label="修改", href="/x")], cells=[
                                cell(a, isLink=True, href="/admin/accounts/" + a),
                                cell(b),
                                cell(c),
                                cell(d, isTag=True, kind=k),
                                cell(e)
                            ]) for a, b, c, d, k, e in A
                    ], pager=dict(summary="共 5 个账号", pages=[], sizes=[]))


def setup():
    return "second-factor", frame(
        "第二步验证", heading="设置动态口令", lead="工作人员登录要输入手机上的动态口令，这样别人拿到密码也进不来。", action="/sign-in/setup",
        steps=dict(app="在手机上装一个验证器应用（符合 RFC 6238 的都可以）。", scan="扫描二维码，或在应用里手工输入这串密钥。", enter="输入应用里现在显示的 6 位数字。"),
        secret="JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", address="otpauth://totp/x", fields=[
            field("code", "6 位动态口令", isRequired=True, isCode=True, inputMode="numeric", maximum="6",
                  autocomplete="one-time-code")
        ], button="完成设置", user=None)


def codes():
    return "recovery-codes", frame(
        "备用码", heading="备用码", text="手机丢失时用备用码登录，每个只能用一次。请打印或抄下，放在安全的地方；这一页只显示这一次。",
        codes=["4f7k-92md", "x8pa-c3re", "q2wn-7hty", "b6vs-m4kj", "9dlc-t5xe", "h3gz-w8qa", "r7yn-2pfu",
               "k5mb-e6cx"], action="/x", button="我已保存好", print="打印")


def welcome():
    return "welcome", frame(
        "欢迎", heading="欢迎，王磊", text="这是您的一次性链接，用过即失效。请设置自己的密码。",
        facts=[dict(label="单位", value="莱西市总工会困难职工帮扶中心"),
               dict(label="账号", value="wanglei"),
               dict(label="角色", value="财务人员")], action="/welcome/x",
        rules=["至少 12 个字符；或 8 个以上并含大写、小写、数字、符号中的三类", "不要用姓名、生日、电话", "90 天后要换"], fields=[
            field("password", "新密码", "password", isRequired=True, autocomplete="new-password"),
            field("again", "再输一遍", "password", isRequired=True, autocomplete="new-password")
        ], button="设置密码")


def ask():
    return "ask", frame(
        "查看全文", "/workers", heading="查看身份证号全文", text="每次查看都会记入日志，本人可以看到谁在何时为何查看。", hasFacts=True,
        facts=[dict(label="档案", value="徐平斌 3702852023000001"),
               dict(label="项目", value="身份证号")], action="/u", hidden=[],
        fields=[field("purpose", "用途", "long", isRequired=True, maximum="200",
                      help="例如：核对银行开户信息。2 到 200 字。")], buttons=[btn("查看", isPrimary=True)], cancel="/workers/1")


def problem():
    return "problem", frame("没有权限", heading="您的角色不能打开这一页", text="系统管理员不能查看业务档案。需要的话，请找安全管理员核对您的角色。", code="not-allowed",
                            links=[dict(label="回到工作台", href="/")])


def requests():
    card = dict(title="申请 12", hasFacts=True, facts=[dict(label="姓名", value="徐平斌（与档案一致）", isCode=False)], forms=[
        dict(action="/x", hidden=[], fields=[field("login", "登录名", isRequired=True, value="13800000047", help="一般用本人手机号，好记")],
             buttons=[btn("开通并生成链接", isPrimary=True)])
    ], warning="姓名与档案不一致：请再看一遍身份证。")
    table = dict(title="本人要求更正", caption="本人要求更正", hasRows=True, columns=[
        dict(label=a, isNumber=False, isLink=False, isSorted=False, isDown=False, href="") for a in ("档案", "哪一项", "最晚答复")
    ], rows=[
        dict(id="1", name="3702852023000001", hasActions=False, actions=[], cells=[
            cell("3702852023000001", isLink=True, href="/requests/corrections/1"), cell("手机号码"),
            cell("2026-12-11", isTag=True, kind="returned")
        ])
    ])
    empty = dict(title="申请网上账号", caption="申请网上账号", hasRows=False, columns=[], rows=[], empty=dict(text="没有待办的申请。"))
    return "requests", frame("门户申请", "/requests", heading="门户申请", lead="本人在网上提的。", actions=[], cards=[card], tables=[empty, table],
                             canSelect=False, hasRowActions=False)


def slip():
    return "link-slip", frame(
        "一次性链接", "/workers", heading="请本人扫码设密码", warning="只显示这一次，只能用一次，只交给本人。",
        facts=[dict(label="登录名", value="13800000047"), dict(label="有效期至", value="2026-11-29 09:00")],
        qr=dict(size="29", path="M4 4h7v7h-7zM18 4h7v7h-7zM4 18h7v7h-7z"), link="https://localhost/welcome/0123456789abcdef",
        steps=["用手机扫上面的二维码。", "自己设一个密码，不要告诉别人。", "以后用登录名和密码登录。"], cancel="/workers/1/account")


def exports():
    waiting = dict(id="export-7", name="王晓", asked="2026-11-26 09:10", list="困难职工档案", words="困难类别：深度困难；建档日期：≥ 2026-01-01", rows="1,204",
                   purpose="年度核查，逐户入户走访用", href="/exports/7")
    own = [("export-9", "2026-11-26 10:02", "待第二人批准", "waiting", "", False, True),
           ("export-8", "2026-11-25 16:40", "已批准，可下载", "passed", "周建国 2026-11-25 17:20；2026-11-28 17:20 前还可下载 2 次", True, False),
           ("export-6", "2026-11-20 11:31", "未获同意", "returned", "周建国 2026-11-20 15:00；用途不明，请写明交给谁使用", False, False)]
    return "exports", frame(
        "导出申请", heading="导出申请", lead="超过 500 条的导出须由第二人批准；批准后 72 小时内可下载 3 次。", actions=[], mayDecide=True, hasWaiting=True,
        waiting=[waiting], none="没有待您审批的导出。", hasOwn=True, empty="您没有导出申请。", own=[
            dict(id=i, asked=a, list="困难职工档案", words="没有条件（全部）", rows="3,310", format="Excel（.xlsx）", purpose="报送市总工会的年度底册",
                 state=s, kind=k, note=n, canFetch=f, canWithdraw=w, fetch="/f", withdraw="/w") for i, a, s, k, n, f, w in own
        ])


def recycle():
    return "recycle", frame(
        "回收站", "/workers", crumbs=[("困难职工档案", "/workers"), ("回收站", None)], heading="回收站", lead="您删除的草稿保留 30 天，期间可以恢复；到期后彻底删除。",
        actions=[btn("返回列表", "/workers")], keyLabel="档案编号", nameLabel="姓名", hasRows=True, empty="回收站是空的。", rows=[
            dict(key="3702852026000113", name="徐平斌", deleted="2026-11-20 10:12", until="2026-12-20 10:12", restore="/r"),
            dict(key="3702852026000120", name="", deleted="2026-11-26 08:45", until="2026-12-26 08:45", restore="/r")
        ])


def reference():
    def table(title, columns, rows):
        return dict(title=title, caption=title, hasRows=bool(rows), columns=[
            dict(label=x, isNumber=False, isLink=False, isSorted=False, isDown=False, href="") for x in columns
        ], rows=[dict(id=str(n), name=row[0], cells=[cell(x) for x in row], actions=[], hasActions=False)
                 for n, row in enumerate(rows)])
    return "reference", frame(
        "城市低保标准", "/admin", crumbs=[("系统管理", "/admin"), ("业务参数", "/admin/parameters"), ("城市低保标准", None)], heading="城市低保标准",
        actions=[btn("设定新值", "/admin/parameters/x/new", isPrimary=True)],
        facts=[dict(label="现值", value="1050.00"), dict(label="来自", value="青岛市总工会")], tables=[
            table("今天由近及远查得", ["区划", "值", "有效期", "依据"], [("莱西市总工会", "—", "", ""), ("青岛市总工会", "1050.00", "2026-07-01 起", "示例〔2026〕7号")]),
            table("历次设定", ["区划", "值", "有效期", "依据", "来源"], [])
        ], hasForms=True, formsTitle="取消本单位设定的日期",
        forms=[dict(action="/x", hidden=[dict(name="code", value="1")], label="取消", confirm="取消？", of="2026-10-01 法定节假日 国庆节")])


PAGES = {
    "exports": exports, "recycle": recycle, "reference": reference,
    "requests": requests, "slip": slip, "index": bench, "reviews": review, "notices": notices, "sync": sync, "admin": admin, "accounts": people, "setup": setup,
    "codes": codes, "welcome": welcome, "ask": ask, "problem": problem
}
