/// What a command found: as a table, as JSON, and what a person should know besides.
struct Answer: Sendable {
    /// Nil where only JSON makes sense.
    var table: Table?
    /// Takes the table's place for a person, where lines say it better than columns.
    var text: String?
    var json: [UInt8]
    /// For standard error.
    var notes = [String]()
    var exitCode: Int32 = 0

    init(table: Table? = nil, text: String? = nil, json: [UInt8], notes: [String] = [], exitCode: Int32 = 0) {
        self.table = table
        self.text = text
        self.json = json
        self.notes = notes
        self.exitCode = exitCode
    }

    /// Rows of a node's answer, column by column.
    init(_ received: Received, _ columns: [Table.Column], _ rows: [JSONValue]? = nil) {
        self.init(table: Table(columns, objects: rows ?? received.value.items), json: received.bytes)
    }

    func rendered(as format: Format) -> String {
        switch format {
        case .json: String(decoding: json, as: UTF8.self) + "\n"
        case .csv: table?.csv ?? String(decoding: json, as: UTF8.self) + "\n"
        case .table: text ?? table?.text(.current) ?? String(decoding: json, as: UTF8.self) + "\n"
        }
    }
}
