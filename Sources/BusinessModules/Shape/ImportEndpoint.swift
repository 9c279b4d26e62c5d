public import NodeCore

/// `POST imports/{kind}`: the files of one import, planned row by row and then taken in one transaction.
public enum ImportEndpoint {
    public static let endpoint = Endpoint(
        "POST", "imports/{kind}", Label("导入", "Import records from CSV files"), needs: .right(.takeIn, .kind),
        query: [("dry_run", "true: report only, change nothing")], body: "{files: [{name, text}]}", .write(run))

    struct Body: Decodable {
        struct File: Decodable { let name, text: String }
        let files: [File]
    }

    public struct Result: Codable, Sendable {
        public let total: Int
        public let taken: Int
        /// Were here already; nothing was changed.
        public let present: Int
        public let refused: Int
        public let isDryRun: Bool
        /// Keys of the refused files, in the order of the file.
        public let refusedKeys: [String]
        public let problems: [ImportProblem]
    }

    @Sendable static func run(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let kind = try call.kind()
        let body: Body = try call.decode()
        let (result, effects) = try run(
            body.files.map { ImportFile(name: $0.name, text: $0.text) }, kind: kind, engine: call.enrolled(),
            by: call.actor(), isDryRun: call.query["dry_run"] == "true", in: tx)
        return (try Reply(result), effects)
    }

    /// Plans the import and, unless it is a trial, takes what can be taken.
    public static func run(
        _ files: [ImportFile], kind: RecordKind, engine: SyncEngine, by actor: Principal, isDryRun: Bool,
        in tx: borrowing Transaction
    ) throws -> (Result, [Effect]) {
        let plan = CSVImport.plan(
            kind: kind, files: files, codes: engine.draft.codes, parameters: engine.draft.parameters,
            divisionPath: engine.identity.divisionPath, today: tx.moment.today)
        if isDryRun { return (try rehearse(plan, kind, engine, tx), []) }
        try NodeSetup.add(plan.parameters, in: tx)
        var problems = plan.problems
        var refused = plan.refused
        var taken = 0
        var present = 0
        for record in plan.records {
            switch try engine.draft.take(record.record, kind: kind, by: actor, in: tx) {
            case .taken: taken += 1
            case .present: present += 1
            case .refused(let finding):
                refused.append(record.key)
                problems.append(ImportProblem(finding, file: "\(kind.code).csv", row: record.row, key: record.key))
            }
        }
        let result = Result(
            total: plan.total, taken: taken, present: present, refused: refused.count, isDryRun: false, refusedKeys: refused,
            problems: problems)
        Failpoint.importInTransaction.reach()
        return (result, [.counted(.draft, "imported", taken), .referenceChanged])
    }

    /// What would happen, without writing: conflicts with files that are here already are looked up, not taken.
    private static func rehearse(
        _ plan: ImportPlan, _ kind: RecordKind, _ engine: SyncEngine, _ tx: borrowing Transaction
    ) throws -> Result {
        var present = 0
        for record in plan.records where try engine.draft.isPresent(record.key, kind, in: tx) { present += 1 }
        return Result(
            total: plan.total, taken: plan.records.count - present, present: present, refused: plan.refused.count,
            isDryRun: true,
            refusedKeys: plan.refused, problems: plan.problems)
    }
}
