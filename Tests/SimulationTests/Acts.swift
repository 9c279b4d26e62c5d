import BusinessModules
import Foundation
import NodeCore
import NodeSimulator
import SyncProtocol

/// What people do at the nodes of a world, by file number, as the API lets them.
extension World {
    typealias Done = JourneyEndpoints.Result

    static let home = "370211"
    static let city = "370200"
    static let province = "370000"
    static let national = "000000"

    /// Files enter at `seat` under numbers of that seat, ready to be reported. Returns their numbers.
    mutating func take(_ records: [Record], at seat: String = home) throws -> [String] {
        let site = try site(seat)
        let keys = records.map { seat + ($0[WorkerFiles.fileNo] ?? "").dropFirst(6) }
        try site.store.write(moment()) { tx in
            try NodeSetup.add(try County.parameters(), in: tx)
            for (key, record) in zip(keys, records) {
                var record = record
                record[WorkerFiles.fileNo] = key
                let intake = try site.engine.draft.take(record, kind: WorkerFiles.kind, by: Principal("clerk"), in: tx)
                guard case .taken = intake else { throw NodeError(.invalid, key, "\(key) was not taken: \(intake)") }
            }
        }
        try reload(seat)
        return keys
    }

    mutating func report(_ keys: [String], at seat: String = home) throws -> Done {
        try County.post(&self, seat, "records/worker_file/reports", Selection(ids: keys), as: Done.self)
    }

    mutating func withdraw(_ keys: [String], at seat: String = home) throws -> Done {
        try County.post(&self, seat, "records/worker_file/withdrawals", Selection(ids: keys), as: Done.self)
    }

    mutating func approve(_ keys: [String], at seat: String) throws -> Done {
        try County.post(
            &self, seat, "records/worker_file/decisions", Selection(ids: keys, verdict: "approve"), as: Done.self)
    }

    mutating func approveAll(at seat: String) throws -> Done {
        try County.post(
            &self, seat, "records/worker_file/decisions", Selection(all: true, verdict: "approve"), as: Done.self)
    }

    mutating func sendBack(_ keys: [String], at seat: String, words: String = "家庭住址缺少门牌号，请核对后补充完整") throws -> Done {
        let selection = Selection(ids: keys, verdict: "return", code: "02", words: words, fields: ["address", "phone"])
        return try County.post(&self, seat, "records/worker_file/decisions", selection, as: Done.self)
    }

    /// Changes fields and goes through the home's own steps until the file is ready again.
    mutating func correct(_ key: String, _ fields: [String: String], at seat: String = home) throws {
        let edited = try send("PATCH", seat, "records/worker_file/\(key)", ["set": fields])
        guard edited.status == 200 else { throw NodeError(.invalid, key, String(decoding: edited.json, as: UTF8.self)) }
        for status in ["20", "30", "35", "40"] {
            let reply = try send("POST", seat, "records/worker_file/\(key)/steps", ["to": status])
            guard reply.status == 200 else { throw NodeError(.conflict, key, String(decoding: reply.json, as: UTF8.self)) }
        }
    }

    mutating func send(_ method: String, _ seat: String, _ path: String, _ body: some Encodable) throws -> Reply {
        let bytes = [UInt8](try JSONEncoder().encode(body))
        return try County.call(&self, seat, .init(method, path, body: bytes, principal: Principal("test")))
    }

    /// Meets until no log has anything left that its neighbour does not hold, whatever the weather.
    mutating func settleWholly() throws {
        for _ in 0..<100 {
            try settle()
            let isOpen = try seats.contains { seat in
                let site = try site(seat.code)
                return try site.store.read { try Inquiry(Catalog.charter).links(site.engine, in: $0) }.contains {
                    $0.backlog > 0 || $0.waiting > 0
                }
            }
            if !isOpen { return }
        }
        throw NodeError(.unreachable, "没有收敛", "the world does not come to rest")
    }

    // MARK: Looking

    func find(_ key: String, at seat: String) throws -> Inquiry.Summary? {
        try site(seat).store.read { try Inquiry(Catalog.charter).find(key, WorkerFiles.kind, in: $0) }
    }

    /// The state of one file at each seat, in the order given.
    func states(_ key: String, _ seats: [String]) throws -> [String?] { try seats.map { try find(key, at: $0)?.status } }

    func states(_ key: String) throws -> [String?] {
        try states(key, [World.home, World.city, World.province, World.national])
    }

    func steps(_ key: String, at seat: String) throws -> [ProofStep] {
        guard let id = try find(key, at: seat).flatMap({ RecordID(hex: $0.id) }) else { return [] }
        let site = try site(seat)
        return try site.store.read { try ProofReader(site.engine).steps(id, in: $0) }
    }

    func digest(_ seat: String) throws -> String {
        try site(seat).store.read { try StoreDigest.make(Catalog.charter, in: $0) }
    }

    func digests() throws -> [String: String] {
        try Dictionary(uniqueKeysWithValues: seats.map { ($0.code, try digest($0.code)) })
    }

    func refused(at seat: String) throws -> [String] {
        try site(seat).store.read { try Inquiry(Catalog.charter).quarantine(limit: 100, in: $0) }.map {
            "\($0.code): \($0.reason)"
        }
    }

    func hits(_ strings: some Sequence<String>, at seat: String) throws -> [ByteSearch.Hit] {
        let search = try ByteSearch(Array(strings))
        return try site(seat).store.read { try search.run(in: $0) }
    }

    func journal(_ seat: String) throws -> (seals: Int, entries: Int, failures: [String]) {
        let site = try site(seat)
        return try site.store.read { try ProofReader(site.engine).verifyJournal(in: $0) }
    }

    /// How many entries `seat` has written toward its parent.
    func written(_ seat: String) throws -> UInt64 {
        let site = try site(seat)
        let links = try site.store.read { try Inquiry(Catalog.charter).links(site.engine, in: $0) }
        return links.first { $0.isOwn && $0.direction == "up" }?.next ?? 0
    }
}
