import Foundation
import NodeCore
import SyncProtocol

/// `Bench --rows N --floor SECONDS [--only NAME]`: the bulk path on the standard workload, one JSON object a line. Called by
/// `scripts/bench`, which measures the floor F2 in the same run: a ratio of 0.7 is seven tenths of its speed.
@main
struct Bench {
    let rows: Int
    /// Seconds of the floor for these rows.
    let floor: Double
    let only: String?

    static func main() async throws {
        let arguments = CommandLine.arguments
        func value(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        }
        guard let rows = value("--rows").flatMap({ Int($0) }), rows > 0, let floor = value("--floor").flatMap({ Double($0) })
        else {
            FileHandle.standardError.write(Data("usage: Bench --rows N --floor SECONDS [--only NAME]\n".utf8))
            exit(2)
        }
        do { try await Bench(rows: rows, floor: floor, only: value("--only")).run() } catch {
            let words = (error as? NodeError)?.message.en ?? "\(error)"
            FileHandle.standardError.write(Data("Bench: \(words)\n".utf8))
            exit(1)
        }
    }

    private func run() async throws {
        if wants(["report", "wire.bytes", "wire.bytes.slow", "apply.suite1"]) { try await international() }
        if wants(["apply.suite2"]) {
            try await inFolder("2") { folder in
                var federation = try Federation(StandardFile(rows), suite: .national, isDurable: false, in: folder)
                _ = try federation.report()
                try await apply(&federation, "apply.suite2", goal: 0.60)
            }
        }
        if wants(["apply.full"]) {
            try await inFolder("full") { folder in
                var federation = try Federation(StandardFile(rows), suite: .international, isDurable: true, in: folder)
                _ = try federation.report()
                try await apply(&federation, "apply.full", goal: 0.50)
            }
        }
        if wants(["apply.files", "report.files"]) { try await files() }
        if wants(["web.list_p95_ms"]) { try await list() }
    }

    /// Half as many files as rows: a list of 100,000 at the usual number.
    private func list() async throws {
        try await inFolder("list") { folder in
            let files = max(1, rows / 2)
            let found = try WebList(Households(count: files, home: Federation.county), in: folder).measure()
            func text(_ value: Double) -> String { String(format: "%.1f", value) }
            let (all, own) = (found.milliseconds, found.processor)
            print(
                "{\"name\": \"web.list_p95_ms\", \"value\": \(text(all.percentile)), \"goal\": 100, "
                    + "\"p50\": \(text(all.median)), \"max\": \(text(all.most)), \"cpu_p50\": \(text(own.median)), "
                    + "\"cpu_p95\": \(text(own.percentile)), \"cpu_max\": \(text(own.most)), \"files\": \(files), "
                    + "\"lists\": \(found.lists), \"times\": \(WebList.times), "
                    + "\"packed_bytes_max\": \(found.packedBytes), \"goal_bytes\": 61440}")
        }
    }

    /// A tenth as many households as rows: each has about ten lines.
    private func files() async throws {
        try await inFolder("files") { folder in
            let households = try Households(count: max(1, rows / 10), home: Federation.county)
            var federation = try Federation(households, suite: .international, isDurable: false, in: folder)
            let reported = try federation.report()
            let applied = try await federation.apply(try federation.changesets())
            try federation.check()
            let lines = federation.lines
            show("report.files", Double(lines) / reported, goal: nil, of: "rows a second, lists included", reported, lines)
            show("apply.files", Double(lines) / applied, goal: nil, of: "rows a second, lists included", applied, lines)
        }
    }

    private func international() async throws {
        try await inFolder("1") { folder in
            var federation = try Federation(StandardFile(rows), suite: .international, isDurable: false, in: folder)
            let reported = try federation.report()
            show("report", floor / reported, goal: 0.5, of: "F2", reported)
            let changesets = try federation.changesets()
            let sizes = try Wire.sizes(changesets)
            show("wire.bytes", sizes.usual / Double(rows), goal: 240, of: "bytes an entry, at most", 0)
            show("wire.bytes.slow", sizes.slow / Double(rows), goal: 192, of: "bytes an entry, at most", 0)
            try await apply(&federation, "apply.suite1", goal: 0.70)
        }
    }

    private func apply(_ federation: inout Federation, _ name: String, goal: Double) async throws {
        let changesets = try federation.changesets()
        let before = Stopwatch.processor()
        let applied = try await federation.apply(changesets)
        let processor = Stopwatch.processor() - before
        try federation.check()
        show(name, floor / applied, goal: goal, of: "F2", applied, processor: processor)
    }

    private func wants(_ names: [String]) -> Bool { only.map { names.contains($0) } ?? true }

    private func inFolder(_ name: String, _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bangfu-bench-\(getpid())-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch {
                FileHandle.standardError.write(Data("\(folder.path) could not be removed: \(error)\n".utf8))
            }
        }
        try await body(folder.path)
    }

    private func show(
        _ name: String, _ ratio: Double, goal: Double?, of: String, _ seconds: Double, _ count: Int? = nil,
        processor: Double? = nil
    ) {
        guard only == nil || only == name else { return }
        let goal = goal.map { "\"goal\": \($0), " } ?? ""
        let rate = processor.map { ", \"rows_per_cpu_s\": \(Int(Double(count ?? rows) / max($0, 0.001)))" } ?? ""
        print(
            "{\"name\": \"\(name)\", \"ratio\": \(String(format: "%.3f", ratio)), \(goal)\"of\": \"\(of)\", "
                + "\"rows\": \(count ?? rows), \"seconds\": \(String(format: "%.3f", seconds))\(rate)}")
    }
}

/// What the same changesets weigh on a good line and on a slow one.
enum Wire {
    static func sizes(_ changesets: [Changeset]) throws -> (usual: Double, slow: Double) {
        var (usual, slow) = (0, 0)
        for changeset in changesets {
            usual += changeset.encoded.count
            let unpacked = try Packing.unpack(changeset.packed, size: changeset.cover.unpackedSize)
            let packed = try Packing.pack(unpacked, level: Packing.slowLine)
            slow += changeset.encoded.count - changeset.packed.count + packed.count
        }
        return (Double(usual), Double(slow))
    }
}
