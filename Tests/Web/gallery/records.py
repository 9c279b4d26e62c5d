"""A record: form, page, comparison, paper."""

from gallery.frame import btn, cell, field, frame, opts
from gallery.lists import cat

sexes = [("1", "男"), ("2", "女")]
eth = [("01", "汉族"), ("02", "蒙古族"), ("03", "回族"), ("04", "藏族"), ("05", "维吾尔族"), ("06", "苗族"), ("07", "彝族"), ("08", "壮族"),
       ("09", "布依族"), ("10", "朝鲜族"), ("11", "满族"), ("12", "侗族"), ("13", "瑶族"), ("14", "白族")]
ini = dict(zip([e[0] for e in eth], "hz mgz hz zz wwez mz yz zz byz cxz mz dz yz bz".split()))
yn = [("1", "是"), ("0", "否")]


def member(i, n, rel):
    p = f"family_member.{i}."
    pid = p.replace(".", "-")
    F = lambda k, l, w="text", **kw: field(pid + k, l, w, name=p + k, **kw)
    return dict(
        id=f"family_member-{i}", number=str(i + 1) if i != "__n__" else "", removeName=p + "_remove", keep=[], fields=[
            F("name", "姓名", isRequired=True, value=n, maximum="30"),
            F("relation", "与户主关系", "select", isRequired=True, options=opts([("1", "配偶"), ("2", "子女"), ("3", "父母")], rel)),
            F("id_number", "身份证号", isRequired=True, isCode=True, value="37028520110305999X" if n else None, maximum="18",
              error="身份证号校验位不对，请核对第 18 位。" if n == "徐小宝" else None),
            F("sex", "性别", "select", isRequired=True, options=opts(sexes)),
            F("birth", "出生日期", "date", isRequired=True),
            F("income", "月收入", "decimal", isRequired=True, unit="元", value="0.00" if n else None),
            F("lives", "共同生活", "flag", isRequired=True, options=opts(yn, "1"))
        ])


def exp(i, a=None):
    p = f"rigid_expense.{i}."
    pid = p.replace(".", "-")
    F = lambda k, l, w="text", **kw: field(pid + k, l, w, name=p + k, **kw)
    return dict(
        id=f"rigid_expense-{i}", number=str(i), removeName=p + "_remove", keep=[], fields=[
            F("t", "支出类型", "select", isRequired=True, options=opts([("1", "医疗"), ("2", "教育")], "1" if a else None)),
            F("g", "总额（元）", "decimal", isRequired=True, value=a),
            F("r", "报销或赔付（元）", "decimal", isRequired=True, value="0.00" if a else None),
            F("from", "期间起", "date", isRequired=True),
            F("to", "期间止", "date", isRequired=True)
        ])


def form():
    return "form", frame(
        "修改档案", "/workers", crumbs=[("困难职工档案", "/workers"), ("徐平斌", "/workers/1"), ("修改", None)], heading="修改档案：徐平斌",
        action="/workers/1/edit", version="7", hidden=[], help=dict(title="填表说明", href="/help/form-1"), errors=dict(
            title="还有 3 处需要改正，内容没有丢失", items=[
                dict(text="手机号码：应为 11 位", href="#phone"),
                dict(text="困难类别：必填", href="#hardship_category"),
                dict(text="家庭成员 1 的身份证号：校验位不对", href="#family_member-0-id_number")
            ]),
        draft=dict(action="/workers/1/draft", text="草稿保存于 21:08", restored="这里是您 20:41 没有提交的草稿。",
                   discard="/workers/1/draft/discard"), hasOutline=True, sections=[
                       dict(
                           id="s1", title="档案类别", lists=[], fields=[
                               field("file_no", "档案编号", "plain", value="3702852023000001"),
                               field("file_standard", "建档标准", "select", isRequired=True, options=opts([("1", "全国级"),
                                                                                                       ("2", "省级"),
                                                                                                       ("3", "市级"),
                                                                                                       ("4", "县级")], "3")),
                               field("hardship_category", "困难类别", "select", isRequired=True, options=opts(cat),
                                     error="请选择困难类别。", help="系统按收入和支出算得：相对困难。")
                           ]),
                       dict(
                           id="s2", title="职工本人", note="有读卡器时先读身份证，姓名、性别、民族、出生日期和住址会自动填入。", lists=[], fields=[
                               field("name", "姓名", isRequired=True, value="徐平斌", maximum="30"),
                               field("id_type", "证件类型", "select", isRequired=True, options=opts([("1", "居民身份证")], "1")),
                               field("id_number", "身份证号", "masked", isRequired=True, maskedText="370285 ******** 999X",
                                     unmask="/workers/1/unmask?field=id_number"),
                               field("sex", "性别", "select", isRequired=True, options=opts(sexes, "1")),
                               field("birth", "出生日期", "date", isRequired=True, value="1979-04-12"),
                               field("ethnicity", "民族", "select", isRequired=True, isLong=True, options=opts(eth, "01",
                                                                                                             ini)),
                               field("phone", "手机号码", isRequired=True, value="1380000", maximum="11", inputMode="numeric",
                                     error="手机号码应为 11 位数字，现在是 7 位。"),
                               field(
                                   "disease", "疾病类别", "checks", isWide=True, options=opts([("1", "恶性肿瘤"), ("2", "尿毒症"),
                                                                                           ("3", "器官移植"), ("4", "白血病"),
                                                                                           ("5", "重症精神病"), ("6", "其他重大疾病")],
                                                                                          ["2"])),
                               field("union_member", "工会会员", "flag", isRequired=True, options=opts(yn, "1")),
                               field("residence_division", "居住地区划", "lookup", isRequired=True, value="370285", valueLabel="370285 莱西市",
                                     source="/codes/divisions"),
                               field("address", "家庭住址", "text", isRequired=True, isWide=True, value="山东省青岛市莱西市水集街道示例路 12 号",
                                     maximum="200")
                           ]),
                       dict(
                           id="s3", title="收入和支出", lists=[
                               dict(
                                   hasTitle=True, id="rigid_expense", title="刚性支出明细", isTable=True, columns=[
                                       dict(label="支出类型", isRequired=True),
                                       dict(label="总额（元）", isRequired=True),
                                       dict(label="报销或赔付（元）", isRequired=True),
                                       dict(label="期间起", isRequired=True),
                                       dict(label="期间止", isRequired=True)
                                   ], rows=[exp(0, "18,600.00"), exp(1)], blank=exp("__n__"),
                                   add=dict(name="_add", value="rigid_expense", label="增加一行"), next="2")
                           ], fields=[
                               field("income", "本人月平均收入", "decimal", isRequired=True, unit="元", value="1,860.00"),
                               field("size", "家庭人口", "integer", isRequired=True, unit="人", value="3"),
                               field("perhead", "家庭月人均收入", "decimal", unit="元", value="930.00", isReadOnly=True,
                                     warning="低于当地低保标准 1,012.00 元。")
                           ]),
                       dict(
                           id="s4", title="家庭成员", fields=[], lists=[
                               dict(hasTitle=False, id="family_member", title="家庭成员", isTable=False,
                                    rows=[member(0, "徐小宝", "2")], blank=member("__n__", None, None),
                                    add=dict(name="_add", value="family_member", label="增加家庭成员"), next="1")
                           ]),
                       dict(
                           id="s5", title="致困情况", lists=[], fields=[
                               field("cause", "主要致困原因", "select", isRequired=True, options=opts([("1", "患大病"),
                                                                                                 ("2", "子女上学")], "1")),
                               field("cause_text", "致困情况说明", "long", isWide=True, maximum="500", value="本人尿毒症，每周透析三次。",
                                     help="写清原因、时间、花费，不超过 500 字。")
                           ])
                   ], buttons=[
                       btn("保存", isPrimary=True, name="do", value="save"),
                       btn("保存并上报", name="do", value="report", confirm="保存并上报到青岛市？")
                   ], cancel="/workers/1")


def P(id, l, v=None, **kw):
    return field(id, l, "plain", value=v, **kw)


def record():
    return "record", frame(
        "徐平斌", "/workers", crumbs=[("困难职工档案", "/workers"), ("徐平斌", None)], heading="徐平斌", subtitle="深度困难 · 市级标准",
        tags=[dict(kind="returned", text="已退回")], facts=[
            dict(label="档案编号", value="3702852023000001", isCode=True),
            dict(label="身份证号", value="370285 ******** 999X", isCode=True),
            dict(label="建档日期", value="2023-02-23", isCode=False),
            dict(label="下次核查", value="2027-02-22", isCode=False)
        ], actions=[
            btn("修改", "/workers/1/edit", isPrimary=True, hasIcon=True, icon="pencil"),
            btn("打印", "/workers/1/print", hasIcon=True, icon="printer"),
            btn("Word", "/workers/1.docx", hasIcon=True, icon="file-earmark-word")
        ], forms=[
            dict(action="/workers/1/report", hidden=[dict(name="_version", value="7")],
                 buttons=[btn("上报", confirm="上报到青岛市？")])
        ], hasStatus=True, status=[
            dict(label="建档", note="2023-02-23", isDone=True, isCurrent=False, isReturned=False),
            dict(label="核对", note="2023-03-02", isDone=True, isCurrent=False, isReturned=False),
            dict(label="公示", note="5 个工作日，无异议", isDone=True, isCurrent=False, isReturned=False),
            dict(label="上报", note="2026-11-24", isDone=True, isCurrent=False, isReturned=False),
            dict(label="青岛市退回", note="2026-11-26，待改正", isDone=False, isCurrent=True, isReturned=True),
            dict(label="市级审核", isDone=False, isCurrent=False, isReturned=False),
            dict(label="在档", isDone=False, isCurrent=False, isReturned=False)
        ], returned=dict(title="青岛市退回：佐证材料缺失或不清", text="透析费用票据缺 8 月、9 月两张，请补齐后再报。", who="青岛市总工会 王审核 · 2026-11-26 09:12",
                         hasMarks=True, marks=[dict(label="刚性支出明细", href="#s3"),
                                               dict(label="佐证材料", href="#s3")]),
        notes=[], findings=dict(kind="note", title="系统检查发现 2 处", isOpen=True, items=[
            dict(text="家庭人口与成员数不一致", href="#s2", forms=[dict(action="#", hidden=[dict(name="rule", value="F-01")], buttons=[btn("改为 3")])]),
            dict(text="下次核查日期已过", href="#s1", forms=[])]), sections=[
            dict(
                id="s1", title="职工本人", tables=[], fields=[
                    P("a", "姓名", "徐平斌"),
                    field("id", "身份证号", "masked", maskedText="370285 ******** 999X",
                          unmask="/workers/1/unmask?field=id_number"),
                    P("b", "性别", "男"),
                    P("c", "出生日期", "1979-04-12"),
                    P("d", "民族", "汉族"),
                    P("e", "婚姻状况", "已婚"),
                    field("ph", "手机号码", "masked", maskedText="138****0021", unmask="/u"),
                    P("f", "残疾类别"),
                    P("g", "家庭住址", "山东省青岛市莱西市水集街道示例路 12 号", isWide=True)
                ]),
            dict(
                id="s2", title="家庭成员", fields=[], tables=[
                    dict(
                        hasTitle=False, caption="家庭成员", columns=[
                            dict(label=x, isNumber=x == "月收入（元）") for x in ["姓名", "关系", "身份证号", "出生日期", "健康状况", "月收入（元）"]
                        ], hasRows=True, rows=[
                            dict(cells=[
                                cell("于海燕"),
                                cell("配偶"),
                                cell("370285********9981", isCode=True),
                                cell("1981-07-03"),
                                cell("健康"),
                                cell("2,100.00", isNumber=True)
                            ]),
                            dict(cells=[
                                cell("徐小宝"),
                                cell("子女"),
                                cell("370285********999X", isCode=True),
                                cell("2011-03-05"),
                                cell("健康"),
                                cell("0.00", isNumber=True)
                            ])
                        ], empty="")
                ]),
            dict(
                id="s3", title="收入和支出", fields=[
                    P("h", "本人月平均收入", "1,860.00 元"),
                    P("i", "家庭年度总收入", "47,520.00 元"),
                    P("j", "扣减后月人均", "613.00 元"),
                    P("k", "适用低保标准", "1,012.00 元")
                ], tables=[dict(hasTitle=True, caption="刚性支出明细", columns=[], hasRows=False, rows=[], empty="没有登记支出。")])
        ], way=dict(
            text="第 7 版：本机已签名封存，青岛市已收到并退回。", steps=[
                dict(title="本机封存", text="2026-11-24 16:20，第 312 封", isDone=True, digest="9f2c 41d0 77ab 0e15 …"),
                dict(title="青岛市收到", text="2026-11-24 16:21，验签通过", isDone=True),
                dict(title="青岛市决定：退回", text="2026-11-26 09:12", isDone=True),
                dict(title="山东省", text="尚未送达", isDone=False)
            ], proof="/workers/1/proof"), history=dict(
                more="/workers/1/history", rows=[
                    dict(when="2026-11-26 09:12", who="青岛市总工会", what="退回", text="佐证材料缺失或不清", hasChanges=False, changes=[]),
                    dict(when="2026-11-24 16:20", who="李静", what="上报第 7 版", hasChanges=False, changes=[]),
                    dict(
                        when="2026-11-24 16:02", who="张敏", what="修改", hasChanges=True, changes=[
                            dict(label="手机号码", before="138****0020", after="138****0021"),
                            dict(label="本人月平均收入", before="1,750.00 元", after="1,860.00 元")
                        ])
                ]))


def conflict():
    R = lambda i, l, m, t, k=True: dict(id=f"d{i}", label=l, name=f"f{i}", mine=m, theirs=t, mineValue=m, theirsValue=t,
                                        isMine=k)
    return "conflict", frame(
        "两人同时修改", "/workers", crumbs=[("困难职工档案", "/workers"), ("徐平斌", "/workers/1"),
                                      ("比对", None)], heading="这份档案刚被别人改过，请选择保留哪一边",
        text="您打开后，张敏在 21:02 保存了第 8 版。相同的内容已经合并，下面 3 处两边不同，请逐项选择。您填的内容没有丢失。", action="/workers/1/edit", version="8",
        columns=dict(field="项目", mine="我填的", theirs="张敏保存的（第 8 版）"), hidden=[dict(name="x", value="1")], rows=[
            R(1, "手机号码", "13800000021", "13800000020"),
            R(2, "本人月平均收入（元）", "1,860.00", "1,900.00"),
            R(3, "致困情况说明", "本人尿毒症，每周透析三次。", "本人尿毒症，每周透析两次，妻子照料。", False)
        ], hasLines=True, lines=[dict(title="家庭成员", text="我 2 行，对方 3 行", name="_keep.family_member", isMine=False)],
        buttons=[btn("按所选保存", isPrimary=True, name="do", value="save")], cancel=dict(href="/workers/1", label="放弃我的修改"))


def paper():
    L = lambda t, r="1": dict(label=t, isLabel=True, span="1", rows=r)
    V = lambda t, s="1", r="1": dict(value=t, isLabel=False, span=s, rows=r)
    return "paper", frame(
        "困难职工档案表", back="/workers/1", number="3702852023000001", heading="困难职工档案表", rows=[
            dict(cells=[L("姓名"), V("徐平斌"), L("性别"),
                        V("男"), L("出生日期"), V("1979-04-12"),
                        V("照片", r="4")]),
            dict(cells=[L("身份证号"), V("37028519790412999X", "3"), L("民族"),
                        V("汉族")]),
            dict(cells=[L("婚姻状况"), V("已婚"), L("政治面貌"), V("群众"), L("健康状况"),
                        V("患大病")]),
            dict(cells=[L("工作单位"), V("莱西市示例机械有限公司", "3"), L("手机号码"),
                        V("13800000021")]),
            dict(cells=[L("家庭住址"), V("山东省青岛市莱西市水集街道示例路 12 号", "6")]),
            dict(cells=[L("困难类别"), V("深度困难"), L("建档标准"), V("市级"),
                        L("家庭人口"), V("3", "2")]),
            dict(cells=[L("致困情况说明"), V("本人尿毒症，每周透析三次，妻子照料，孩子上学。", "6")])
        ], tables=[
            dict(
                caption="家庭成员", columns=[dict(label=x) for x in ["姓名", "关系", "出生日期", "身份", "健康状况", "月收入（元）"]], hasRows=True,
                rows=[
                    dict(cells=[
                        cell("于海燕"),
                        cell("配偶"),
                        cell("1981-07-03"),
                        cell("务农"),
                        cell("健康"),
                        cell("2,100.00", isNumber=True)
                    ]),
                    dict(cells=[
                        cell("徐小宝"),
                        cell("子女"),
                        cell("2011-03-05"),
                        cell("在校"),
                        cell("健康"),
                        cell("0.00", isNumber=True)
                    ])
                ])
        ], opinions=[dict(label="基层工会意见", text="情况属实。", sign="（盖章）　　　年　月　日"),
                     dict(label="县级工会审核意见", sign="（盖章）　　　年　月　日")], purpose="仅供签字存档", printed="李静 打印于 2026-11-26 21:10　第 8 版")


PAGES = {"workers-edit": form, "workers-1": record, "workers-conflict": conflict, "paper": paper}
