import BusinessModules
import Foundation
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore
@testable import Site

/// The offices of a small tree with their pages, and people who sit in front of them; no socket, no browser.
struct Office {
    var world: World
    let pages: Site

    /// Noon of 2026-07-01 in China.
    static let noon: Int64 = 1_782_878_400_000
    static let county = "370285"
    static let neighbour = "370211"
    static let city = "370200"
    static let province = "370000"
    static let national = "000000"

    init(
        modules: [BusinessModule] = Catalog.modules, charter: Charter = Catalog.charter, seed: UInt64 = 7,
        everyPlace: Bool = false
    ) throws {
        let names: [(String, Level, String?, [String])] = [
            ("000000", .national, nil, []), ("370000", .province, "000000", []), ("370200", .city, "370000", ["370000"]),
            ("370285", .county, "370200", ["370200", "370000"]), ("370211", .county, "370200", ["370200", "370000"]),
        ]
        let tree = NodeTree(
            names.map { code, level, parent, chain in
                TreeSeat(
                    code: code, name: "单位\(code)", level: level, parent: parent, address: "127.0.0.1:1", reviewChain: chain,
                    isRelay: false)
            })
        world = try World(
            tree, charter: charter, codes: everyPlace ? BundledData.codes() : Office.codes.get(),
            parameters: BundledData.parameters(), seed: seed,
            start: Office.noon, makeStore: { _ in try Store(inMemory: charter) })
        pages = try Site(modules: modules, assets: AssetIndex(digest: "0123456789abcdef", names: ["bangfu.css"]))
        self.charter = charter
    }

    let charter: Charter

    static let codes = Result {
        var tables = try BundledData.codes()
        for name in ["divisions", "divisions.history"] { tables[name]?.removeAll { !$0.code.hasPrefix("3702") } }
        return tables
    }

    // MARK: People

    /// Somebody with these roles who has signed in at a node already.
    mutating func sit(
        _ roles: [Role], at seat: String, login: String = "someone", name: String = "王晓", record: RecordID? = nil
    )
        throws -> Visitor
    {
        let store = try world.site(seat).store
        let isOutside = roles.allSatisfy(\.isOutside) && !roles.isEmpty
        let (secret, csrf) = try store.write(world.moment()) { tx -> (String, String) in
            let link = try Accounts.invite(
                .init(login: login, name: name, isOutside: isOutside, record: record), by: Principal("系统管理员"), in: tx)
            try tx.accounts.setPassword("no password at all", of: link.account, at: tx.moment.milliseconds)
            for role in roles {
                let grant = try Accounts.ask(.init(link.account, role), by: Principal("系统管理员"), in: tx)
                guard grant.state(on: tx.moment.today) == .asked else { continue }
                _ = try Accounts.approve(grant.id, by: Principal("安全管理员"), in: tx)
            }
            guard let account = try tx.accounts.find(link.account) else { throw NodeError(.notFound, "", "") }
            let opened = try Sessions.open(account, duty: nil, source: "127.0.0.1", in: tx)
            return (opened.secret, opened.session.csrf)
        }
        return Visitor(seat: seat, secret: secret, csrf: csrf)
    }

    /// The same person signed in anew, as on the next day.
    mutating func again(_ login: String, at seat: String) throws -> Visitor {
        let store = try world.site(seat).store
        let opened = try store.write(world.moment()) { tx -> (String, String) in
            guard let account = try tx.withSnapshot({ try Accounts.find(login: login, in: $0) }) else {
                throw NodeError(.notFound, "", "")
            }
            let opened = try Sessions.open(account, duty: nil, source: "127.0.0.1", in: tx)
            return (opened.secret, opened.session.csrf)
        }
        return Visitor(seat: seat, secret: opened.0, csrf: opened.1)
    }

    /// A browser in front of a node.
    struct Visitor {
        let seat: String
        var secret: String?
        var csrf: String
    }

    struct Answer {
        let status: Int
        let html: String
        let location: String?
        let cookie: String?
        let body: [UInt8]

        /// What stands in the first place that matches, without the marks around it.
        func value(of name: String) -> String? {
            guard let start = html.range(of: "name=\"\(name)\" value=\"")?.upperBound,
                let end = html[start...].firstIndex(of: "\"")
            else { return nil }
            return String(html[start..<end])
        }
    }

    // MARK: Files

    /// The clean sample county, read once.
    private static let sample = Result {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = try ["worker_file", "family_member", "income_item", "rigid_expense", "local_standard"].map { name in
            ImportFile(
                name: name + ".csv",
                text: try String(contentsOf: root.appending(path: "samples/county-370211/\(name).csv"), encoding: .utf8))
        }
        return try CSVImport.plan(
            kind: WorkerFiles.kind, files: files, codes: CodeTables(BundledData.codes()),
            parameters: Parameters(BundledData.parameters()), divisionPath: ["370211", "370200", "370000", "000000"],
            today: CalendarDay(milliseconds: noon))
    }

    /// One open file of the sample at the county, ready to be reported; the path of its page.
    mutating func takeFile(standard: String, named name: String = "何娜", number: String? = nil) throws -> String {
        let plan = try Office.sample.get()
        let fitting = plan.records.map(\.record).first {
            $0[WorkerFiles.fileStandard] == standard && $0[WorkerFiles.legacyStatus] == "60"
        }
        var record = try #require(fitting)
        record[WorkerFiles.fileNo] = Office.county + (record[WorkerFiles.fileNo] ?? "").dropFirst(6)
        record[WorkerFiles.name] = name
        if let number { record[WorkerFiles.idNumber] = number }
        let site = try world.site(Office.county)
        let intake = try site.store.write(world.moment()) { tx in
            try NodeSetup.add(plan.parameters, in: tx)
            return try site.engine.draft.take(record, kind: WorkerFiles.kind, by: Principal("clerk"), in: tx)
        }
        try world.reload(Office.county)
        guard case .taken(let id) = intake else { throw NodeError(.invalid, "\(intake)", "\(intake)") }
        return "/workers/\(id)"
    }

    /// So many files at a home, of nobody in particular.
    mutating func takeFiles(_ count: Int, at seat: String = Office.county) throws {
        let fitting = try Office.sample.get().records.first?.record
        var record = try #require(fitting)
        record[WorkerFiles.idNumber] = nil
        for list in WorkerFiles.kind.lists { record[list] = [] }
        let site = try world.site(seat)
        try site.store.write(world.moment()) { tx in
            for number in 1...count {
                record[WorkerFiles.fileNo] = seat + "2026" + String(100_000 + number)
                record[WorkerFiles.name] = "第\(number)号"
                _ = try site.engine.draft.take(record, kind: WorkerFiles.kind, by: Principal("clerk"), in: tx)
            }
        }
    }

    // MARK: Asking

    mutating func get(_ path: String, by visitor: Visitor?) throws -> Answer { try ask("GET", path, [], visitor) }

    mutating func post(_ path: String, _ form: [(String, String)], by visitor: Visitor?, csrf: String? = nil) throws
        -> Answer
    {
        try ask("POST", path, [("_csrf", csrf ?? visitor?.csrf ?? "")] + form, visitor)
    }

    mutating func ask(
        _ method: String, _ path: String, _ form: [(String, String)], _ visitor: Visitor?, headers: [String: String] = [:],
        at seat: String? = nil, source: String = "127.0.0.1"
    ) throws -> Answer {
        let parts = path.split(separator: "#")[0].split(separator: "?", maxSplits: 1).map(String.init)
        var cookies = [String: String]()
        if let secret = visitor?.secret { cookies["__Host-session"] = secret }
        let seat = seat ?? visitor?.seat ?? Office.county
        let site = try world.site(seat)
        let moment = world.moment()
        let request = WebRequest(
            method, parts[0].removingPercentEncoding ?? parts[0],
            query: parts.count == 2 ? try #require(Form(encoded: parts[1])) : Form(),
            headers: ["host": "localhost"].merging(headers) { $1 }, cookies: cookies,
            body: method == "GET" ? [] : Array(Form(form.map { .init($0.0, $0.1) }).encoded.utf8), source: source,
            milliseconds: moment.milliseconds)
        return try run(request, site, moment, seat)
    }

    mutating func run(_ request: WebRequest, _ site: World.Site, _ moment: Moment, _ seat: String) throws -> Answer {
        let surroundings = Surroundings(
            engine: site.engine, charter: charter,
            host: HostFacts(address: "", tlsCertificate: "", version: "1", files: []), entropy: moment.entropy)
        var effects = [Effect]()
        let reply: WebReply
        do {
            switch pages.plan(request) {
            case .read: reply = try site.store.read { try pages.read(request, surroundings, in: $0) }
            case .write:
                (reply, effects) = try site.store.write(moment) { try pages.write(request, surroundings, in: $0) }
            case .staged:
                let staged = try site.store.read { try pages.begin(request, surroundings, in: $0) }
                let finish = try staged.work()
                (reply, effects) = try site.store.write(moment) { try finish($0) }
            }
        } catch let error as NodeError {
            reply = try pages.refusal(error, request, surroundings)
        }
        if effects.contains(.referenceChanged) { try world.reload(seat) }
        return Answer(
            status: reply.status, html: String(decoding: reply.body, as: UTF8.self),
            location: reply.headers.first { $0.name == "Location" }?.value,
            cookie: reply.headers.first { $0.name == "Set-Cookie" }?.value, body: reply.body)
    }
}
