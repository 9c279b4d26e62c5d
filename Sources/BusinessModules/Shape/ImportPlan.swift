public import NodeCore

/// One file of an import, by its name (`worker_file.csv`).
public struct ImportFile: Sendable {
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// What is wrong in an import, where a person finds it in a spreadsheet, and what to do about it.
public struct ImportProblem: Sendable, Codable, Hashable {
    public let file: String
    /// As the spreadsheet counts: the header is row 1. A problem of the whole file stands there.
    public let row: Int
    /// The `id` column of the row.
    public let key: String
    public let field: String
    public let rule: String
    /// 1 refuses the record, 2 needs a reason before it is reported, 3 is a hint.
    public let severity: Int
    public let zh: String
    public let en: String
    /// What could stand there, the most likely first; empty where the value is better taken away.
    public let proposals: [String]

    public init(
        file: String, row: Int, key: String, field: String, rule: String, severity: Int, zh: String, en: String,
        proposals: [String] = []
    ) {
        self.file = file
        self.row = row
        self.key = key
        self.field = field
        self.rule = rule
        self.severity = severity
        self.zh = zh
        self.en = en
        self.proposals = proposals
    }

    init(_ finding: Finding, file: String, row: Int, key: String, proposals: [String] = []) {
        self.init(
            file: file, row: row, key: key, field: finding.field, rule: finding.rule, severity: finding.severity.rawValue,
            zh: finding.message.zh, en: finding.message.en, proposals: proposals)
    }

    /// R-03 for a whole file: nothing of it is taken.
    init(wholeFile file: String, field: String = "", _ zh: String, _ en: String) {
        self.init(file: file, row: 1, key: "", field: field, rule: "R-03", severity: 1, zh: zh, en: en)
    }

    var isError: Bool { severity == Severity.error.rawValue }
}

/// A record that an import may take.
public struct ImportRecord: Sendable {
    /// What people know it by: the file number.
    public let key: String
    public let record: Record
    public let row: Int
}

/// What an import would do. Making it changes nothing.
public struct ImportPlan: Sendable {
    /// Rows of the head file.
    public let total: Int
    /// What is taken, in the order of the file.
    public let records: [ImportRecord]
    /// The keys of what is not, in the order of the file. A file number that stands twice is taken once and refused once.
    public let refused: [String]
    public let problems: [ImportProblem]
    /// Amounts and periods that the import brings along.
    public let parameters: [Parameters.Entry]
}
