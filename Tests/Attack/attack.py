"""Every operation of docs/openapi.json at a running node, with what schemathesis makes of its description: no answer may be 5xx.

    attack.py --people people.json --seat 370285 --nodectl PROGRAM --dir FOLDER [--cases 200] [--seed 1] [--only TEXT]

Called by scripts/attack, which starts the node. The people of people.json are let in through their one-time links, and each
gets a token; an operation is called with the token of the first role that it does not refuse. Descriptions of bodies name their
fields (`{verdict: approve|return|reject, ids: [id or key]}`): each named field becomes a property that holds any JSON. What
schemathesis made is as often as not replaced by something that the node has (a record, a state, a day), so that calls get past
the first check, or by something nasty. Beside its cases each operation with a body gets bodies that are no JSON or too much.

Prints a line for each operation: how many cases, as whom, and how often each status came; then a closing line. Exit code 1 if
any answer was 5xx, the node has gone, or it lost something.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

import requests
import schemathesis
import urllib3
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = "/api/v1"
PASSWORD = "four quiet tall pines 7"
# The node lets one address write three hundred times a minute, and try thirty passwords in a quarter of an hour.
CALLS_PER_ADDRESS = 20
NASTY = [
    "", " ", "0", "-1", "1e400", str(2**63), str(2**63 - 1), "9" * 400, "NaN", "null", "true", "\u0000", "\ufeff", "\u202e", "😀" * 50,
    "é" * 5000, "../../etc/passwd", "%2e%2e", "' OR '1'='1", "'; DROP TABLE record; --", '" UNION SELECT * FROM account --',
    "<script>alert(1)</script>", "=1+1", "{{7*7}}", "$(id)", "\r\nSet-Cookie: a=b", "2026-02-30", "2026-06-30", "370285", "999999",
]
SHAPES = [
    b"", b"{", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b"{\"a\":\"\xff\"}", b"[" * 100_000, b'{"a":' * 50_000,
    b'{"ids":["\\ud800"]}', b'{"ids":' + b"9" * 100_000 + b"}", b'{"days":1e400,"limit":-0}', b'{"code":"1","code":"2"}',
    b'{"text":"' + b"a" * 2_000_000 + b'"}', b"\xef\xbb\xbf{}",
]


class Node:
    """One seat's node: its people's tokens, and calls from ever new addresses of this machine."""

    def __init__(self, arguments):
        self.arguments = arguments
        place = json.loads(pathlib.Path(arguments.people).read_text(encoding="utf-8"))[arguments.seat]
        self.origin, self.links = place["origin"], place["people"]
        self.folder = f"{arguments.dir}/{arguments.seat}"
        self.calls, self.session = 0, None
        self.tokens = {}
        for login in self.links:
            self.enter(login)

    def enter(self, login):
        token = self.links[login].rsplit("/", 1)[1]
        answer = self.at_new_address().post(
            f"{self.origin}{PREFIX}/welcome", json={"token": token, "password": PASSWORD}, verify=False, timeout=60)
        assert answer.status_code == 201, answer.text
        self.renew(login)

    def renew(self, login):
        """A token that is good: what was called may have ended it, or locked its owner."""
        self.nodectl("accounts", "unlock", login)
        self.nodectl("accounts", "sessions", login, "--end")
        self.tokens[login] = self.nodectl("accounts", "token", login, "--label", "attack", "--days", "9").strip()

    def nodectl(self, *words):
        done = subprocess.run(
            [self.arguments.nodectl, *words, "--dir", self.folder], capture_output=True, text=True, encoding="utf-8", timeout=300)
        if done.returncode != 0:
            sys.exit(f"nodectl {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def at_new_address(self):
        """A connection of its own from the next address of 127.0.0.0/8."""
        if self.session is None or self.calls % CALLS_PER_ADDRESS == 0:
            place = self.calls // CALLS_PER_ADDRESS
            if self.session is not None:
                self.session.close()
            self.session = requests.Session()
            self.session.trust_env = False
            address = f"127.{1 + place // 64_000 % 200}.{place // 250 % 256}.{1 + place % 250}"
            self.session.mount("https://", Adapter(address))
        self.calls += 1
        return self.session

    def facts(self):
        """What must still be there afterwards: the process, the number of files, an audit and a store in order."""
        numbers = list(self.nodectl("files", "list", "--all", "--format", "csv").splitlines())
        return {line.split(",", 1)[0] for line in numbers[1:]}


class Adapter(requests.adapters.HTTPAdapter):
    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


class Names:
    """Values that mean something at this node, by the name under which they are asked for."""

    def __init__(self, node):
        files = json.loads(node.nodectl("files", "list", "--format", "json"))["items"][:4]
        ids = [file["id"] for file in files] + [file["key"] for file in files]
        tables = sorted(path.stem for path in (ROOT / "Sources/BusinessModules/Data/codes").glob("*.csv"))
        days, divisions = ["2026-06-30", "2024-02-29", "1900-01-01", "9999-12-31"], ["370285", "370200", "370000", "000000", "370211"]
        head = (ROOT / "samples/county-370285/worker_file.csv").read_text(encoding="utf-8").splitlines()
        columns = head[0].split(",")
        self.values = {
            "kind": ["worker_file"], "id": ids, "ids": [ids[:1], ids, ["nobody"]], "record": ids[:1], "key": self.keys(node),
            "account": ["guest", "1"], "grant": ["1", "2"], "session": ["1"], "login": ["guest", "clerk"], "password": [PASSWORD],
            "code": ["000000", "01", "03"], "table": tables[:4], "seat": divisions, "division": divisions, "scope": divisions,
            "role": ["clerk", "county_reviewer", "sysadmin"], "roles": [["clerk"]], "level": ["county"], "levels": [["county"]],
            "days": [1, 366, 0, -1, 2**63 - 1], "limit": [1, 0, 1000, 10**9], "number": ["1"], "item": ["0"], "after": ["0"] + ids[:1],
            "field": ["phone", "id_number", "name", "address"], "list": ["family_member"], "child": [1, 0],
            "purpose": ["核对银行开户信息"], "verdict": ["approve", "return", "reject"], "words": ["请核对收入明细"],
            "fields": [["family_income_year"]], "status": ["40", "50", "60"], "pending": ["city"], "by": ["hardship_category", "division"],
            "set": [{"remark": "已核对"}, {"name": None}] + [{column: text} for column in columns[::5] for text in ("", "=1+1", "9" * 40)],
            "lists": [{"family_member": [{"number": 1, "set": {"name": "某"}}]}, {"family_member": [{"number": 2**62, "remove": True}]}],
            "files": [[{"name": "worker_file.csv", "text": "\n".join(head[:3])}], [{"name": "worker_file.csv", "text": "\ufeff,,\n\"a"}]],
            "to": ["20", "30", "40", "370200"] + days, "from": days, "on": days, "day": days, "until": days, "asOf": days, "validUntil": days,
            "add": ["7", "-7", str(2**62)], "with": divisions, "and": divisions, "again": [True], "all": [True, False],
            "suite": [1, 2], "strings": [["370285"]], "title": ["通知"], "text": ["第一段\n第二段"], "name": ["某人"],
        }

    @staticmethod
    def keys(node):
        return [line.split(",", 1)[0] for line in node.nodectl("parameters", "list", "--format", "csv").splitlines()[1:5]]

    def fields(self, operation):
        """The fields that a body's description names. Words behind a colon are what it says of them."""
        body = operation.get("requestBody")
        if body is None:
            return []
        words = body["content"]["application/json"]["schema"].get("description", "")
        return list(dict.fromkeys(re.findall(r"(?:[{,\[]|or )\s*([A-Za-z_]\w*)(?=\s*[:,}\]])", words)))

    def vary(self, case, draw, named):
        """Something of this node's more often than not, or something nasty, instead of what schemathesis made."""
        def instead(name, made, isText):
            good = [value for value in self.values.get(name, ["文字"]) if not isText or not isinstance(value, (list, dict, bool))]
            way = draw(st.sampled_from(["good"] * 4 + ["nasty", "made"])) if good else "made"
            value = made if way == "made" else draw(st.sampled_from(good if way == "good" else NASTY))
            return str(value) if isText and way != "made" else value

        for name, made in sorted((case.path_parameters or {}).items()):
            value = instead(name, made, True)
            if value.strip(" ./"):
                case.path_parameters[name] = value
        for name, made in sorted((case.query or {}).items()):
            case.query[name] = instead(name, made, True)
        if isinstance(case.body, dict):
            for name in named:
                if draw(st.sampled_from([True] * 7 + [name in case.body])):
                    case.body[name] = instead(name, case.body.get(name), False)

    def plain(self, path):
        """The path with something that is there."""
        return re.sub(r"{(\w+)}", lambda match: str(self.values.get(match[1], ["1"])[0]), path)


def described(document, names):
    """The description with the fields that its bodies name in words, and something to vary where nothing is asked for."""
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["parameters"].append({"name": "unasked", "in": "query", "required": False, "schema": {"type": "string"}})
            named = names.fields(operation)
            if named:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                schema["properties"] = {name: {} for name in named}
    return document


class Attack:
    def __init__(self, node, names, arguments):
        self.node, self.names, self.cases, self.seed = node, names, arguments.cases, arguments.seed
        self.broken, self.total = [], 0

    def call(self, role, send):
        """One call with a role's token; a token that is good no more is renewed, since what was called may have ended it."""
        def answer():
            return send(self.node.at_new_address(), {"Authorization": f"Bearer {self.node.tokens[role]}"})

        try:
            found = answer()
            if found.status_code == 401 and self.node.session.get(
                    f"{self.node.origin}{PREFIX}/own", headers={"Authorization": f"Bearer {self.node.tokens[role]}"}, verify=False,
                    timeout=60).status_code == 401:
                self.node.renew(role)
            return found
        except requests.exceptions.ConnectionError as error:
            self.broken.append(f"no answer at all: {error}")
            raise

    def role(self, method, path, hasBody):
        """The first role that such a call is not refused to; the first of all where nobody may."""
        for role in self.node.tokens:
            answer = self.call(role, lambda session, headers: session.request(
                method, self.node.origin + path, json={} if hasBody else None, headers=headers, verify=False, timeout=120))
            if answer.status_code != 403:
                return role
        return next(iter(self.node.tokens))

    def run(self, operation):
        method, path = operation.label.split(" ", 1)
        path, hasBody = self.names.plain(path), bool(operation.body)
        named = list(operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
                     .get("schema", {}).get("properties", {}))
        counts, role = collections.Counter(), self.role(method, path, hasBody)

        def note(answer, what):
            counts[answer.status_code] += 1
            if answer.status_code >= 500:
                self.broken.append(f"{operation.label} answered {answer.status_code} {answer.text[:200]} to {what[:600]}")

        @seed(self.seed)
        @settings(max_examples=self.cases, database=None, deadline=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(), data=st.data())
        def one(case, data):
            self.names.vary(case, data.draw, named)
            note(self.call(role, lambda session, headers: case.call(
                base_url=self.node.origin, session=session, headers=headers, verify=False, timeout=120)), case.as_curl_command())

        one()
        cases = sum(counts.values())
        for shape in SHAPES if hasBody else []:
            note(self.call(role, lambda session, headers: session.request(
                method, self.node.origin + path, data=shape, headers=headers | {"Content-Type": "application/json"},
                verify=False, timeout=120)), repr(shape[:80]))
        told = " ".join(f"{status}x{count}" for status, count in sorted(counts.items()))
        shapes = f"+{sum(counts.values()) - cases}" if hasBody else ""
        print(f"{operation.label:62} {cases:4}{shapes:4} cases as {role:9} {told}", flush=True)
        self.total += sum(counts.values())
        return cases


def main():
    parser = argparse.ArgumentParser()
    for name in ("--people", "--seat", "--nodectl", "--dir"):
        parser.add_argument(name, required=True)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    urllib3.disable_warnings()
    node = Node(arguments)
    before = node.facts()
    document = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    names = Names(node)
    schema = schemathesis.openapi.from_dict(described(document, names))
    operations = [found.ok() for found in schema.get_all_operations()]
    chosen = [operation for operation in operations if arguments.only in operation.label]
    attack = Attack(node, names, arguments)
    fewest = min(attack.run(operation) for operation in chosen)
    lost = before - node.facts()
    for words in (("audit", "verify"), ("doctor",)):
        node.nodectl(*words)
    for line in attack.broken + [f"lost: {key}" for key in sorted(lost)]:
        print(line, file=sys.stderr)
    failed = sum(1 for line in attack.broken)
    print(f"attack: {'ok' if not attack.broken and not lost else 'FAILED'} operations={len(chosen)} cases={attack.total} "
          f"fewest={fewest} server_errors={failed} lost={len(lost)} seed={arguments.seed}")
    sys.exit(1 if attack.broken or lost else 0)


if __name__ == "__main__":
    main()
