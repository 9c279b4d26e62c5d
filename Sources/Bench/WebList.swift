import BusinessModules
import Foundation
import NodeCore
import Site
import SyncProtocol

/// The list of hardship files at a county that holds `count` of them, as its clerk sees it: who asks is looked up, the
/// page is made whole and packed, as the daemon does it for each request. Sockets and TLS are left out.
struct WebList {
    private let site: Site
    private let county: Federation.Office
    private let workload: Households
    private var secret = ""
    private let filters: [RecordPages.Filter]
    private let orders: [FieldDefinition]

    /// One question, and how often it is asked after the first time.
    private struct Question {
        let what: String
        let query: [(String, String)]
    }

    private struct Measured {
        let what: String
        let milliseconds: [Double]
        /// Of the processor alone: the machine may have other work.
        let processor: [Double]
        let packedBytes: Int
    }

    static let pairs = 50
    static let times = 5

    init(_ workload: Households, in folder: String) throws {
        self.workload = workload
        county = try Federation(workload, suite: .international, isDurable: false, in: folder).office()
        site = try Site(modules: Catalog.modules, assets: AssetIndex(digest: "0123456789abcdef", names: []))
        filters = WorkerFiles.pages.filters
        orders = WorkerFiles.pages.columns
        secret = try signIn()
    }

    // MARK: Who asks

    private func signIn() throws -> String {
        let owner = Principal("bench")
        let link = try write { tx in
            let link = try Accounts.invite(.init(login: "clerk", name: "王晓"), by: owner, in: tx)
            _ = try Accounts.ask(.init(link.account, .clerk), by: owner, in: tx)
            return link
        }
        let setting = try county.store.read {
            try Welcome.begin(
                token: link.token, password: "four quiet tall pines 7", source: "127.0.0.1", at: Federation.start, in: $0)
        }
        let made = try setting.work(salt: [UInt8](repeating: 7, count: 16))
        let opened = try write { try Welcome.finish(made, in: $0) }
        // The one act whose randomness is known, so that the telephone's secret is.
        let known = Moment(milliseconds: Federation.start) { [UInt8](repeating: 9, count: $0) }
        _ = try county.store.write(known) { try SecondFactor.begin(opened.session, in: $0) }
        let code = OneTimePassword.password(
            secret: known.entropy(20), step: OneTimePassword.step(milliseconds: Federation.start))
        return try write { try SecondFactor.confirm(opened.session, code: code, in: $0).opened.secret }
    }

    private func write<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
        try county.store.write(
            Moment(milliseconds: Federation.start) { count in
                (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            }, body)
    }

    // MARK: What is asked

    /// The first page, each filter with a value that a file of the sample has, the look-ups beside them, and seeded pairs
    /// of a filter and an order.
    private func questions() -> [Question] {
        var dice = Dice(seed: 42)
        let single = filters.compactMap { question(of: $0, &dice) }
        let others = [
            Question(what: "text", query: [("q", "王")]), Question(what: "number", query: [("q", "3702110000")]),
            Question(what: "division", query: [("division", "3702")]), Question(what: "pending", query: [("pending", "1")]),
            Question(what: "unchanged", query: [("unchanged", "365")]), Question(what: "page 40", query: [("page", "40")]),
        ]
        let paired = (0..<WebList.pairs).compactMap { _ -> Question? in
            guard let filter = dice.pick(filters), let order = dice.pick(orders),
                let asked = question(of: filter, &dice)
            else { return nil }
            let isDown = dice.roll(2) == 1
            return Question(
                what: "\(asked.what) by \(isDown ? "-" : "")\(order.code)",
                query: asked.query + [("sort", (isDown ? "-" : "") + order.code)])
        }
        return [Question(what: "first page", query: [])] + single + others + paired
    }

    private func question(of filter: RecordPages.Filter, _ dice: inout Dice) -> Question? {
        let field = filter.field
        for _ in 0..<1_000 {
            let row = workload.record(dice.roll(workload.count), home: Federation.county).row
            if case .filled = filter {
                let wanted = dice.roll(2) == 1 ? "1" : "0"
                return Question(what: "\(field.code) filled \(wanted)", query: [(field.code + ".filled", wanted)])
            }
            guard let value = row[field.tag] else { continue }
            let text = field.text(value)
            switch filter {
            case .text: return Question(what: field.code, query: [(field.code, String(text.prefix(2)))])
            case .choice:
                let chosen = if case .flag(let isOn) = value { isOn ? "1" : "0" } else { text }
                return Question(what: field.code, query: [(field.code, chosen)])
            case .range:
                let end = dice.roll(2) == 1 ? ".from" : ".to"
                return Question(what: field.code + end, query: [(field.code + end, text)])
            case .filled: continue
            }
        }
        return nil
    }

    // MARK: Asking

    struct Result {
        let lists: Int
        let packedBytes: Int
        let milliseconds: Spread
        let processor: Spread
    }

    struct Spread {
        let median, percentile, most: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            func at(_ percent: Int) -> Double {
                sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
            }
            (median, percentile, most) = (at(50), at(95), at(100))
        }
    }

    func measure() throws -> Result {
        let measured = try questions().map(measure)
        for item in measured.sorted(by: { $0.processor.max() ?? 0 > $1.processor.max() ?? 0 }).prefix(12) {
            let words = zip(item.milliseconds, item.processor).map { String(format: "%.1f (%.1f)", $0, $1) }
            FileHandle.standardError.write(
                Data("  \(item.what): \(words.joined(separator: " ")) ms, \(item.packedBytes) bytes packed\n".utf8))
        }
        return Result(
            lists: measured.count, packedBytes: measured.map(\.packedBytes).max() ?? 0,
            milliseconds: Spread(measured.flatMap(\.milliseconds)), processor: Spread(measured.flatMap(\.processor)))
    }

    private func measure(_ question: Question) throws -> Measured {
        var (milliseconds, processor) = ([Double](), [Double]())
        var size = 0
        for turn in 0...WebList.times {
            let (started, before) = (ContinuousClock.now, Stopwatch.thread())
            let page = try ask(question)
            guard let packed = Gzip.pack(page) else {
                throw NodeError(.invalid, "未能压缩", "the page could not be packed")
            }
            size = packed.count
            // The first time fills caches that a working office has filled.
            guard turn > 0 else { continue }
            milliseconds.append(Stopwatch.seconds(since: started) * 1_000)
            processor.append((Stopwatch.thread() - before) * 1_000)
        }
        return Measured(what: question.what, milliseconds: milliseconds, processor: processor, packedBytes: size)
    }

    private func ask(_ question: Question) throws -> [UInt8] {
        let request = WebRequest(
            "GET", "/workers", query: Form(question.query.map { .init($0.0, $0.1) }), headers: ["host": "localhost"],
            cookies: ["__Host-session": secret], source: "127.0.0.1", milliseconds: Federation.start + 60_000)
        let surroundings = Surroundings(
            engine: county.engine, charter: Catalog.charter,
            host: HostFacts(address: "", tlsCertificate: "", version: "bench", files: []),
            entropy: { [UInt8](repeating: 0, count: $0) })
        let reply = try county.store.read { snapshot in
            _ = try Site.sessionToTouch(request, in: snapshot)
            return try site.read(request, surroundings, in: snapshot)
        }
        guard reply.status == 200 else {
            throw NodeError(.invalid, "页面未给出", "\(question.what): the page answered \(reply.status)")
        }
        return reply.body
    }
}

/// SplitMix64: the same questions in each run.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(sides, 1)))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[roll(elements.count)]
    }
}
