"""Sign-in and lists."""

from gallery.frame import btn, cell, field, frame, opts

cat = [("1", "深度困难"), ("2", "相对困难"), ("3", "意外致困")]
sts = [("10", "草稿"), ("20", "待核对"), ("40", "待上报"), ("50", "已上报待审"), ("55", "已退回"), ("60", "已审核在档"), ("70", "脱困监测"),
       ("80", "已注销")]
tagkind = {
    "10": "plain", "20": "waiting", "40": "waiting", "50": "second", "55": "returned", "60": "passed", "70": "passed",
    "80": "void"
}
names = "王晓梅 徐平斌 于海燕 孙立国 赵桂英 刘长安 单春华 解文静 曾庆福 盖丽萍 仇学文 臧红霞 展鸿飞 左淑珍 邴建军 由玉兰 迟明远 姜小红 宫振东 矫秀芹".split()


def sign_in():
    return "sign-in", frame(
        "登录", heading="登录", action="/sign-in", back="/workers", button="登录", fields=[
            field("login", "账号", isRequired=True, autocomplete="username", value=""),
            field("password", "密码", "password", isRequired=True, autocomplete="current-password",
                  error="账号或密码不对。连续 5 次输错，账号会锁定 15 分钟。")
        ], links=[dict(label="我是职工、律师或用人单位，去办事大厅", href="/p/")], notes=["忘记密码请找本单位系统管理员重发一次性链接。"],
        errors=dict(title="没有登录成功", items=[dict(text="账号或密码不对", href="#login")]))


def code():
    return "sign-in", frame(
        "第二步验证", heading="第二步：输入动态口令", lead="打开手机上的验证器应用，输入现在显示的 6 位数字。", action="/sign-in/code", button="继续", fields=[
            field("code", "6 位动态口令", isRequired=True, isCode=True, inputMode="numeric", maximum="6",
                  autocomplete="one-time-code", help="数字每 30 秒换一次；手机不在身边可以用备用码。")
        ], links=[dict(label="使用备用码", href="/sign-in/recovery")], notes=[])


def list_page():
    rows = []
    for i, n in enumerate(names):
        st = sts[(i * 3) % 8]
        c = cat[i % 3]
        rows.append(
            dict(
                id=f"r{i}", name=n, hasActions=True, cells=[
                    cell(f"3702852026{i+1:06d}", isCode=True, isLink=True, href="/workers/x"),
                    cell(n),
                    cell(f"370285********{3100+i*7}"[:18], isCode=True),
                    cell(st[1], isTag=True, kind=tagkind[st[0]]),
                    cell(c[1]),
                    cell(["患大病", "子女上学", "下岗失业", "意外灾害"][i % 4]),
                    cell(f"{(i*37)%9+1},{(i*531)%1000:03d}.00", isNumber=True),
                    cell(f"2026-{(i%11)+1:02d}-{(i*5)%27+1:02d}")
                ], actions=[dict(label="打印", href="/workers/x/print"),
                            dict(label="Word", href="/workers/x.docx")]))
    cols = [("档案编号", 0), ("姓名", 0), ("身份证号", 0), ("状态", 0), ("困难类别", 0), ("主要致困原因", 0), ("累计帮扶金额（元）", 1), ("最近修改", 0)]
    return "list", frame(
        "困难职工档案", "/workers", heading="困难职工档案", actions=[
            btn("新建档案", "/workers/new", isPrimary=True, hasIcon=True, icon="plus-lg"),
            btn("导入", "/workers/import", hasIcon=True, icon="upload"),
            btn("导出 Excel", "/workers.xlsx", hasIcon=True, icon="file-earmark-excel")
        ], filter=dict(
            action="/workers", hidden=[dict(name="sort", value="-changed"),
                                       dict(name="size", value="20")],
            search=field("q", "姓名、拼音首字母或档案编号", value="", maximum="40"), fields=[
                field("status", "档案状态", "select", options=opts(sts, "40")),
                field("hardship_category", "困难类别", "select", options=opts(cat)),
                field("filed_from", "建档日期从", "date"),
                field("filed_to", "到", "date")
            ], hasMore=True, isMoreOpen=False, more=[
                field("main_cause", "主要致困原因", "select", options=opts([("1", "患大病")])),
                field("employer", "工作单位"),
                field("size_from", "家庭人口不少于", "integer")
            ], clear="/workers", hasChosen=True, chosen=[dict(label="档案状态：待上报", href="/workers")]), hasSaved=True, saved=[
                dict(label="我的待办", href="?s=1", isCurrent=True, isShared=False),
                dict(label="一年未改", href="?s=2", isCurrent=False, isShared=True),
                dict(label="未帮扶过", href="?s=3", isCurrent=False, isShared=True),
                dict(label="零就业家庭", href="?s=4", isCurrent=False, isShared=False, remove="/filters/4/remove")
            ], save=dict(action="/filters", name=field("filter_name", "名称", isRequired=True, maximum="30"), canShare=True),
        chooser=dict(action="/workers", hidden=[],
                     columns=[dict(code=str(i), label=a, isShown=True) for i, (a, _) in enumerate(cols)]),
        bulk=dict(
            action="/workers/bulk", all="1,234", allText="选中全部 1,234 条", filters=[dict(name="status", value="40")], buttons=[
                btn("上报", name="do", value="report", confirm="把选中的档案上报到青岛市？上报后等待审核，期间不能修改。"),
                btn("打印", name="do", value="print"),
                btn("导出 Word", name="do", value="docx")
            ]), caption="困难职工档案，第 1 页", hasRows=True, hasRowActions=True, canSelect=True, columns=[
                dict(label=a, isNumber=bool(n), isLink=True, href="?sort=x", isSorted=(a == "最近修改"), isDown=True)
                for a, n in cols
            ], rows=rows, pager=dict(
                summary="共 1,234 条，第 1 至 20 条", next="?page=2", pages=[
                    dict(label="1", href="?page=1", isCurrent=True, isGap=False),
                    dict(label="2", href="?page=2", isCurrent=False, isGap=False),
                    dict(label="3", href="?page=3", isCurrent=False, isGap=False),
                    dict(label="", href="", isCurrent=False, isGap=True),
                    dict(label="62", href="?page=62", isCurrent=False, isGap=False)
                ], sizes=[
                    dict(label="20", href="?size=20", isCurrent=True),
                    dict(label="50", href="?size=50", isCurrent=False),
                    dict(label="100", href="?size=100", isCurrent=False)
                ]))


PAGES = {"sign-in": sign_in, "sign-in-code": code, "workers": list_page}
