import BusinessModules
import Foundation
import NodeCore
import NodeSimulator
import SyncProtocol

/// The example tree with the two sample counties in it.
enum County {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// 2026-07-01 in China.
    static let start: Int64 = 1_782_835_200_000

    static func tree() throws -> NodeTree {
        let names: [(String, Level, String?, [String])] = [
            ("000000", .national, nil, []), ("370000", .province, "000000", []), ("370200", .city, "370000", ["370000"]),
            ("370285", .county, "370200", ["370200", "370000"]), ("370211", .county, "370200", ["370200", "370000"]),
        ]
        return NodeTree(
            names.map { code, level, parent, chain in
                TreeSeat(
                    code: code, name: code, level: level, parent: parent, address: "127.0.0.1:1", reviewChain: chain,
                    isRelay: false)
            })
    }

    /// `everyPlace`: with all divisions of the country, which only an import asks for.
    static func world(
        seed: UInt64, everyPlace: Bool = false, suites: [String: Suite] = [:],
        makeStore: (String) throws -> Store = { _ in try Store(inMemory: Catalog.charter) }
    ) throws -> World {
        try World(
            tree(), charter: Catalog.charter, codes: everyPlace ? allCodes.get() : codes.get(),
            parameters: BundledData.parameters(), seed: seed, start: start, suites: suites,
            makeStore: makeStore)
    }

    static let allCodes = Result { try BundledData.codes() }

    /// Without the ten thousand places that few sample files lie in: every world writes the tables into each of its stores.
    static let codes = Result {
        var tables = try allCodes.get()
        for name in ["divisions", "divisions.history"] { tables[name]?.removeAll { !$0.code.hasPrefix("3702") } }
        return tables
    }

    /// The clean sample county, read once: its files wait to be reported.
    private static let sample = Result {
        try CSVImport.plan(
            kind: WorkerFiles.kind,
            files: files("370211").map { ImportFile(name: $0["name"] ?? "", text: $0["text"] ?? "") },
            codes: CodeTables(allCodes.get()), parameters: Parameters(BundledData.parameters()),
            divisionPath: ["370211", "370200", "370000", "000000"], today: CalendarDay(milliseconds: start))
    }

    /// Files of one standard, in the order of the sample; only such as were open in the old system.
    static func records(standard: String, _ count: Int, from first: Int = 0) throws -> [Record] {
        let fitting = try sample.get().records.map(\.record).filter {
            $0[WorkerFiles.fileStandard] == standard && $0[WorkerFiles.legacyStatus] == "60"
        }
        return Array(fitting.dropFirst(first).prefix(count))
    }

    /// The local amounts that the sample brings along.
    static func parameters() throws -> [Parameters.Entry] { try sample.get().parameters }

    static func files(_ code: String) throws -> [[String: String]] {
        try ["worker_file", "family_member", "income_item", "rigid_expense", "local_standard"].map { name in
            let url = root.appending(path: "samples/county-\(code)/\(name).csv")
            return ["name": name + ".csv", "text": try String(contentsOf: url, encoding: .utf8)]
        }
    }

    static func call(_ world: inout World, _ code: String, _ request: API.Request) throws -> Reply {
        let site = try world.site(code)
        let host = HostFacts(address: "", tlsCertificate: "", version: "", files: [])
        let (reply, effects) = try Catalog.api.answer(
            request, engine: site.engine, charter: Catalog.charter, host: host, store: site.store, moment: world.moment())
        if effects.contains(.referenceChanged) { try world.reload(code) }
        return reply
    }

    static func json<Value: Decodable>(_ reply: Reply, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(reply.json))
    }

    static func post<Value: Decodable>(
        _ world: inout World, _ code: String, _ path: String, _ body: some Encodable, as type: Value.Type
    ) throws -> Value {
        let bytes = [UInt8](try JSONEncoder().encode(body))
        let reply = try call(&world, code, .init("POST", path, body: bytes, principal: Principal("test")))
        return try json(reply, as: type)
    }

    static func importSample(_ world: inout World, _ code: String) throws -> ImportEndpoint.Result {
        try post(&world, code, "imports/worker_file", ["files": files(code)], as: ImportEndpoint.Result.self)
    }
}
