"""What every page of the gallery shares: the frame, and small makers of what the templates take. Everybody in it is invented."""

import json
import pathlib

from gallery.mustache import Library

SITE = pathlib.Path(__file__).resolve().parents[3] / "Sources" / "Site"
library = Library(SITE / "Templates")
WORDS = json.loads((SITE / "Templates/words.json").read_text())


def words(language=0):
    return {key: pair[language] for key, pair in WORDS.items()}


def menu(cur=None):
    names = [("困难职工档案", "/workers"), ("帮扶救助", "/aid"), ("信访与法律援助", "/petitions"), ("就业与培训", "/jobs"), ("政策文件", "/policies"),
             ("专项资金", "/funds"), ("工作报表", "/reports"), ("数据分析", "/dashboards"), ("智能帮扶", "/assist")]
    return [dict(label=a, href=b, isCurrent=(b == cur)) for a, b in names]


def frame(title, cur=None, crumbs=(), **kw):
    c = dict(
        lang="zh-Hans", htmlClass="", title=title, product="帮扶工作台", t=words(), csrf="tok3n", assets="/assets/d1",
        icons="/assets/d1/icons.svg", hasBootstrap=True, hasHTMX=True, node=dict(name="莱西市总工会困难职工帮扶中心", level="县级"),
        user=dict(name="李静", role="县级审核人", href="/me"), signOut="/sign-out",
        lookup=dict(action="/search", label="身份证号、档案编号、姓名、电话"), menu=menu(cur), tools=[
            dict(label=a, href=b, isCurrent=(b == cur), count=n)
            for a, b, n in [("工作台", "/", None), ("审核", "/reviews", "12"), ("同步", "/sync", None), ("系统管理", "/admin", None)]
        ], sync=dict(state="waiting", text="23 条待上报，线路正常", href="/sync",
                     source="/sync/badge"), notices=dict(href="/notices", count="3"), hasCrumbs=bool(crumbs),
        crumbs=[dict(label=a, href=b) for a, b in crumbs], language=dict(label="English", href="?lang=en"), displays=[
            dict(label="大字", href="?display=large", isOn=False),
            dict(label="高对比度", href="?display=contrast", isOn=False)
        ], footer="莱西市总工会困难职工帮扶中心 · 370285 · 帮扶 0.5 · 2026-11-26 21:10")
    c.update(kw)
    return c


def field(id, label, widget="text", **kw):
    f = dict(id=id, name=kw.pop("name", id), label=label, widget="field/" + widget, isRequired=False, hasError=False,
             isWide=False, isLong=False, isCode=False, isReadOnly=False)
    f.update(kw)
    f["hasError"] = bool(f.get("error"))
    d = [f"{id}-{k}" for k in ("help", "error", "warning") if f.get(k)]
    if d:
        f["describedBy"] = " ".join(d)
    return f


def opts(pairs, sel=(), initials=None):
    sel = sel if isinstance(sel, (list, tuple)) else [sel]
    return [dict(value=v, label=l, isSelected=v in sel, initials=(initials or {}).get(v)) for v, l in pairs]


def btn(label, href=None, **kw):
    b = dict(label=label, isLink=bool(href), href=href or "", isPrimary=False, isDanger=False, isUnchecked=False,
             hasIcon="icon" in kw, icon="")
    b.update(kw)
    return b


def cell(text, **kw):
    c = dict(text=text, isLink=False, isNumber=False, isTag=False, isCode=False, href="", kind="")
    c.update(kw)
    return c
