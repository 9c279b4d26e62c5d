import Foundation
import SyncProtocol

/// `Bench --rows N --floor SECONDS [--only NAME]`: the bulk path on the standard workload, one JSON object a line. Called by
/// `scripts/bench`, which measures the floor in the same run.
@main
enum Bench {
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
        let only = value("--only")
        if only == nil || ["apply.suite1", "report", "wire.bytes"].contains(only) {
            try await run(rows, .international, "apply.suite1", 0.70, floor, only)
        }
        if only == nil || only == "apply.suite2" { try await run(rows, .national, "apply.suite2", 0.60, floor, only) }
    }

    private static func run(_ rows: Int, _ suite: Suite, _ name: String, _ goal: Double, _ floor: Double, _ only: String?)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bangfu-bench-\(getpid())-\(suite.rawValue)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: folder) } catch { print(error) } }
        var federation = try Federation(rows: rows, suite: suite, isDurable: false, in: folder.path)
        let reported = try federation.report()
        let changesets = try federation.changesets()
        if suite == .international {
            show("report", floor / reported, goal: 0.5, of: "F2", rows, reported, only)
            let bytes = Double(changesets.reduce(0) { $0 + $1.encoded.count }) / Double(rows)
            show("wire.bytes", bytes, goal: 240, of: "bytes an entry", rows, reported, only)
        }
        let applied = try await federation.apply(changesets)
        show(name, floor / applied, goal: goal, of: "F2", rows, applied, only)
    }

    private static func show(
        _ name: String, _ ratio: Double, goal: Double, of: String, _ rows: Int, _ seconds: Double, _ only: String?
    ) {
        guard only == nil || only == name else { return }
        let ratio = String(format: "%.3f", ratio)
        let seconds = String(format: "%.3f", seconds)
        print(
            "{\"name\": \"\(name)\", \"ratio\": \(ratio), \"goal\": \(goal), \"of\": \"\(of)\", \"rows\": \(rows), "
                + "\"seconds\": \(seconds)}")
    }
}
