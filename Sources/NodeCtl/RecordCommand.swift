import ArgumentParser
import NodeCore

/// Which records a command is about: named, or all that are due.
struct RecordSelection: ParsableArguments {
    @Argument(help: ArgumentHelp(say("档案编号或标识，可多个", "Numbers or identifiers of files"), valueName: "id"))
    var ids = [String]()

    @Flag(help: ArgumentHelp(say("全部应办的", "All that are due"))) var all = false

    func validate() throws {
        guard ids.isEmpty == all else {
            throw ValidationError(say("请给出编号，或用 --all（二者取一）", "name the records, or say --all; one of the two"))
        }
    }
}

/// Commands over many records: at most so many in one call, and an outcome for each.
struct RecordCommand {
    let client: Client
    let kind: RecordKind
    /// Below `records/{kind}`.
    let path: String
    var verdict: Verdict.Kind?
    var code: String?
    var words: String?
    var fields: [String]?

    struct Body: Encodable {
        var ids: [String]?
        var all: Bool?
        let verdict: String?
        let code: String?
        let words: String?
        let fields: [String]?
    }

    func run(_ ids: [String], all: Bool) async throws -> Answer {
        var outcomes = [JSONValue]()
        if all {
            outcomes = try await runAll()
        } else {
            let size = NodeLimits.recordsPerCommand
            for start in stride(from: 0, to: ids.count, by: size) {
                outcomes += try await call(Array(ids[start..<min(start + size, ids.count)]))
            }
        }
        return try answer(outcomes, listing: all)
    }

    /// Call after call, until one is not full or does nothing: what is refused stays due.
    private func runAll() async throws -> [JSONValue] {
        var done = [JSONValue]()
        while true {
            let outcomes = try await call(nil)
            let refused = outcomes.filter { $0["code"] != .null }
            done += outcomes.filter { $0["code"] == .null }
            let isFull = outcomes.count == NodeLimits.recordsPerCommand
            guard isFull, refused.count < outcomes.count else { return done + refused }
        }
    }

    private func call(_ ids: [String]?) async throws -> [JSONValue] {
        let body = Body(
            ids: ids, all: ids == nil ? true : nil, verdict: verdict?.rawValue, code: code, words: words, fields: fields)
        let received = try await Progress.during(say("办理中", "working")) {
            try await client.send("POST", "records/\(kind.code)/\(path)", body: body.json())
        }
        return received.value["outcomes"].items
    }

    private func answer(_ outcomes: [JSONValue], listing all: Bool) throws -> Answer {
        let refused = outcomes.filter { $0["code"] != .null }
        let done = outcomes.count - refused.count
        let json = JSONValue.object([
            "done": .integer(Int64(done)), "refused": .integer(Int64(refused.count)), "outcomes": .array(outcomes),
        ])
        let table = Table(
            [
                Table.Column("key", "档案编号", "key"), Table.Column("id", "标识", "id"), Table.Column("code", "拒绝代码", "refusal"),
                Table.Column(say("zh", "en"), "原因", "reason"),
            ], objects: outcomes)
        var answer = Answer(table: table, json: try json.json(), exitCode: refused.isEmpty ? 0 : 1)
        answer.notes = [say("完成 \(done) 条，拒绝 \(refused.count) 条", "\(done) done, \(refused.count) refused")]
        // Nobody reads thousands of lines that say "done".
        if all { answer.text = refused.isEmpty ? "" : Table(table.columns, objects: refused).text(.current) }
        return answer
    }
}
