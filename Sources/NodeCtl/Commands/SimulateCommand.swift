import ArgumentParser
import Foundation
import NodeCore
import NodeSimulator

/// Plays seeds of the simulated country: nodes, lines, disks and people under a bad sky, checked after every step.
struct SimulateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: say("模拟：在一个进程里演练整棵节点树", "Play a whole tree of nodes in one process"),
        discussion: say(
            "同一种子在任何进程中逐位重演。--resume 的文件累计已演练的种子与故障次数。",
            "A seed plays the same in every process, bit by bit. The file of --resume adds up the seeds of several runs."
        ))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("演练一个种子，失败时打印经过", "Play one seed, and print its trace if it fails"), valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp(say("演练一段种子，如 1..200", "Play a range of seeds, such as 1..200"), valueName: "first..last"))
    var seeds: String?

    @Option(help: ArgumentHelp(say("累计结果的文件（JSON）", "The file in which results add up (JSON)"), valueName: "file"))
    var resume: String?

    @Option(help: ArgumentHelp(say("打印经过的最后多少行", "How many last lines of the trace to print"), valueName: "lines"))
    var trace = 200

    @Option(
        help: ArgumentHelp(
            say("只演练带有这种故障的种子（限有自己随机流的故障）", "Only seeds that have this kind of fault, of those with a stream of their own"),
            valueName: "fault"))
    var fault: String?

    private static let batch = 50
    private static let seedsMax: UInt64 = 1_000_000

    func validate() throws {
        guard (seed == nil) != (seeds == nil) else {
            throw ValidationError(say("请给出 --seed 或 --seeds 之一", "give --seed or --seeds, one of them"))
        }
        guard seed != nil || range != nil else {
            throw ValidationError(say("种子范围形如 1..200", "a range of seeds looks like 1..200"))
        }
        guard fault == nil || kind != nil else {
            let list = FaultKind.withStreams.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(say("--fault 可为：\(list)", "--fault is one of: \(list)"))
        }
        guard (0...100_000).contains(trace) else { throw ValidationError(say("--trace 超出范围", "--trace is out of range")) }
    }

    private var range: ClosedRange<UInt64>? {
        if let seed { return seed...seed }
        let parts = (seeds ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, let first = UInt64(parts[0]), let last = UInt64(parts[2]), first <= last,
            last - first < SimulateCommand.seedsMax
        else { return nil }
        return first...last
    }

    private var kind: FaultKind? { FaultKind.withStreams.first { $0.rawValue == fault } }

    func perform() async throws -> Answer {
        guard let range else { throw NodeError(.badRequest, "没有种子", "there are no seeds") }
        var tally = try load()
        let wanted = range.filter { seed in !tally.contains(seed) && kind.map { $0.comes(to: seed) } ?? true }
        var results = [RunResult]()
        for start in stride(from: 0, to: wanted.count, by: SimulateCommand.batch) {
            let played = await play(Array(wanted[start..<min(start + SimulateCommand.batch, wanted.count)]))
            for result in played {
                tally.add(result)
                if seed == nil, let violation = result.violation { Output.note("seed \(result.seed): \(violation)") }
            }
            results += played
            try save(tally)
            if seed == nil { Output.note("\(results.count)/\(wanted.count) failures=\(tally.failures.count)") }
        }
        return answer(tally, results)
    }

    /// A worker for each processor takes the next seed when it is free.
    private func play(_ seeds: [UInt64]) async -> [RunResult] {
        let (lines, workers) = (seed == nil ? 0 : trace, max(1, ProcessInfo.processInfo.activeProcessorCount))
        return await withTaskGroup(of: RunResult.self) { group in
            var rest = seeds[...]
            for _ in 0..<workers {
                if let next = rest.popFirst() { group.addTask { Simulator.run(seed: next, keeping: lines) } }
            }
            var results = [RunResult]()
            for await result in group {
                results.append(result)
                if let next = rest.popFirst() { group.addTask { Simulator.run(seed: next, keeping: lines) } }
            }
            return results.sorted { $0.seed < $1.seed }
        }
    }

    private func answer(_ tally: Tally, _ results: [RunResult]) -> Answer {
        let table = Table(
            [
                Table.Column("fault", "故障", "fault"), Table.Column("count", "次数", "count", .number),
                Table.Column("what", "说明", "what happens"),
            ], rows: FaultKind.allCases.map { [$0.rawValue, String(tally.table[$0]), $0.words] })
        let bad = results.filter { $0.violation != nil }
        var text = table.text(.current)
        for result in bad {
            if !result.lines.isEmpty { text += "\n" + result.lines.joined(separator: "\n") + "\n" }
            if let violation = result.violation { text += "\nseed \(result.seed): \(violation)\n" }
        }
        let digest = results.count == 1 ? results[0].digest : Tally.digest(results)
        text +=
            "\nsimulate: \(tally.failures.isEmpty ? "ok" : "failed") seeds=\(tally.count) steps=\(tally.steps) "
            + "acts=\(tally.acts)"
            + " faults=\(tally.table.total) kinds=\(FaultKind.allCases.count - tally.table.missing.count) digest=\(digest)\n"
        return Answer(table: table, text: text, json: encoded(tally), exitCode: tally.failures.isEmpty ? 0 : 1)
    }

    // MARK: The file in which results add up

    private func load() throws -> Tally {
        guard let resume, FileManager.default.fileExists(atPath: resume) else { return Tally() }
        do { return try JSONDecoder().decode(Tally.self, from: Data(contentsOf: URL(fileURLWithPath: resume))) } catch {
            throw NodeError(.badRequest, "\(resume) 不是累计结果的文件", "\(resume) is no file of results")
        }
    }

    private func save(_ tally: Tally) throws {
        guard let resume else { return }
        do { try Data(encoded(tally)).write(to: URL(fileURLWithPath: resume), options: .atomic) } catch {
            throw NodeError(.invalid, "无法写入 \(resume)", "\(resume) cannot be written")
        }
    }

    private func encoded(_ tally: Tally) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do { return [UInt8](try encoder.encode(tally)) } catch { return [] }
    }
}
