import ArgumentParser
import NodeCore
import Testing

@testable import NodeCtl

@Suite struct ArgumentTests {
    /// Each verb with the arguments it needs.
    static let lines: [[String]] = [
        ["init", "--dir", "d", "--topology", "t.json", "--seat", "370285"],
        ["topology", "check", "t.json"], ["topology", "show", "--dir", "d"],
        ["enrol", "invite", "--dir", "d", "--seat", "370285", "--out", "i.json"],
        ["enrol", "join", "--dir", "d", "--invitation", "i.json"], ["enrol", "list"],
        ["start-all", "--topology", "t.json", "--dir", "d", "--noded", "n", "--national", "370285", "--detach"],
        ["stop-all", "--dir", "d"],
        ["import", "--dir", "d", "folder", "--dry-run", "--kind", "worker_file"],
        ["files", "list", "--status", "40", "--pending", "city", "--seat", "370285", "--limit", "5"],
        ["files", "list", "--all", "--format", "csv"], ["files", "show", "1"],
        ["files", "history", "1", "--format", "json"],
        ["files", "edit", "1", "--set", "name=a", "phone=b", "--line", "family_member:1:name=c"],
        ["files", "step", "1", "--to", "20"], ["files", "findings", "1"],
        ["files", "accept", "1", "M-05", "--field", "rigid_expense.2.self_paid_amount", "--choice", "2"],
        ["files", "counts"], ["report", "1", "2"], ["report", "--all"],
        ["withdraw", "1"], ["review", "list"], ["review", "approve", "--all", "--as", "李审核"], ["review", "approve", "1"],
        ["review", "return", "1", "--code", "01", "--words", "w", "--field", "name", "--field", "phone"],
        ["review", "reject", "--all", "--code", "01", "--words", "w"], ["sync", "now"], ["sync", "status"], ["sync", "lag"],
        ["sync", "quarantine", "--limit", "5", "--settled"],
        ["sync", "settle", "--code", "late", "--seat", "370285", "--reason", "seen"], ["log", "verify"], ["log", "show"],
        ["find-bytes", "abcd", "--count"],
        ["find-bytes", "--from", "-"], ["stats", "--by", "division,hardship_category", "--status", "60"], ["digest"],
        ["rebuild", "--dir", "d", "--into", "r.db"], ["doctor"], ["simulate", "--seed", "7"],
        ["sync", "late"], ["sync", "late", "show", "3", "0"], ["sync", "late", "take-up", "3", "0"], ["sync", "stops"],
        ["sync", "thaw", "370285"], ["sync", "evidence"], ["simulate", "--seeds", "1..9", "--fault", "clone"],
        ["simulate", "--seeds", "1..200", "--resume", "f.json"],
        ["bundle", "export", "--to", "parent", "--out", "d", "--max-size", "200M"],
        ["bundle", "import", "1.bgfb", "2.bgfb"],
        ["bundle", "show", "1.bgfb"], ["bundle", "owed"],
        ["tls", "init", "--dir", "d", "--host", "node.cn", "--host", "10.1.2.3", "--replace"],
        ["tls", "issue", "--host", "node.cn"], ["tls", "show", "--out", "root.crt", "--der"],
    ]

    @Test(arguments: lines) func `each verb takes its arguments, a folder, a format and a person`(_ line: [String]) throws {
        let common = line.contains("--format") ? [] : ["--format", "json"]
        let person = line.contains("--as") ? [] : ["--as", "王经办"]
        let command = try Nodectl.parseAsRoot(line + common + person)
        let verb = try #require(command as? any Verb)
        #expect(!verb.options.client.person.isEmpty)
    }

    @Test(arguments: [
        ["nothing"], ["report"], ["report", "1", "--all"], ["files", "list", "--pending", "village"],
        ["files", "list", "--limit", "0"], ["files", "edit", "1"], ["files", "edit", "1", "--set", "name"],
        ["files", "edit", "1", "--line", "family_member:x:name=c"], ["review", "return", "1", "--words", "w"],
        ["find-bytes"], ["stats"], ["digest", "--format", "xml"], ["rebuild"], ["simulate"],
        ["simulate", "--seed", "1", "--seeds", "1..2"], ["simulate", "--seeds", "1..9", "--fault", "drop"],
        ["simulate", "--seeds", "2..1"], ["simulate", "--seeds", "1.2"], ["tls", "show", "--der"],
    ]) func `wrong use has the exit code 2`(_ line: [String]) async {
        #expect(await Nodectl.execute(line) == 2)
    }

    @Test func `help and version are no failures`() async {
        #expect(await Nodectl.execute(["--version"]) == 0)
        #expect(await Nodectl.execute(["files", "edit", "--help"]) == 0)
    }

    @Test func `an edit becomes what the endpoint asks for`() throws {
        let edit = try FilesEdit.parse([
            "1", "--set", "remarks=a=b", "phone=", "--line", "family_member:2:name=王", "family_member:2:relation=01",
            "family_member:new:name=李", "--remove-line", "income_item:3",
        ])
        let body = try edit.body()
        #expect(body.set == ["remarks": "a=b", "phone": nil])
        #expect(
            body.lists == [
                "family_member": [
                    .init(number: 2, set: ["name": "王", "relation": "01"]), .init(number: nil, set: ["name": "李"]),
                ],
                "income_item": [.init(number: 3, remove: true)],
            ])
        let json = String(decoding: try body.json(), as: UTF8.self)
        #expect(json.contains("\"phone\":null"))
    }

    @Test func `refusals are told from a node that is not there`() {
        #expect(Nodectl.explain(NodeError(.conflict, "", "")) == 1)
        #expect(Nodectl.explain(NodeError(.unreachable, "", "")) == 3)
        #expect(Nodectl.explain(ExitCode(1)) == 1)
        #expect(Nodectl.explain(ValidationError("")) == 2)
    }

    @Test func `the locale for messages decides the language`() {
        let label = Label("汉", "english")
        #expect(Language(environment: ["LANG": "zh_CN.UTF-8"]).pick(label) == "汉")
        #expect(Language(environment: ["LANG": "de_DE.UTF-8"]).pick(label) == "english")
        #expect(Language(environment: ["LANG": "C", "LC_ALL": "zh_CN.UTF-8"]).pick(label) == "汉")
        #expect(Language(environment: ["LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": "C"]).pick(label) == "english")
        #expect(Language(environment: [:]).pick(label) == "english")
    }

    @Test func `names in addresses and headers are percent-encoded`() {
        #expect(Client.encoded("李 a/b") == "%E6%9D%8E%20a%2Fb")
        #expect(Client.encoded("A-z.0_~") == "A-z.0_~")
    }

    @Test func `numbers of bytes are read as people write them`() throws {
        for (text, bytes) in [("65536", 65_536), ("192K", 196_608), ("3m", 3_145_728), ("2G", 2_147_483_648)] {
            #expect(try BundleCommand.size(text) == bytes)
        }
        for text in ["", "K", "0", "-1", "1T", "1.5M", "9999999999999G", "1 M"] {
            #expect(throws: ValidationError.self, "\(text)") { _ = try BundleCommand.size(text) }
        }
    }
}
