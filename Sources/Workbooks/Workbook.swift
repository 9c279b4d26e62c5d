/// One cell as it is written. There is no case for a formula: none is ever written.
public enum WorkbookCell: Sendable, Hashable {
    case empty
    case text(String)
    /// Digits with at most one point and a minus sign in front: "-12.50"; anything else is written as a text.
    case number(String)
    /// Days since 1970.
    case day(Int64)
}

/// One sheet to be written: a heading that stays in sight, and rows.
public struct WorkbookSheet: Sendable, Hashable {
    public struct Column: Sendable, Hashable {
        public let title: String
        /// In characters of a digit's width.
        public let width: Int
        /// Whether what somebody types into the empty cells below stays a text: ID numbers have more digits than a
        /// spreadsheet's numbers keep.
        public let keepsText: Bool

        public init(_ title: String, width: Int = 14, keepsText: Bool = false) {
            self.title = title
            self.width = width
            self.keepsText = keepsText
        }
    }

    public let name: String
    public let columns: [Column]
    public let rows: [[WorkbookCell]]
    /// What stands at the foot of each printed page.
    public let foot: String

    public init(_ name: String, columns: [Column], rows: [[WorkbookCell]], foot: String = "") {
        self.name = name
        self.columns = columns
        self.rows = rows
        self.foot = foot
    }
}

/// What a workbook that somebody sends in may have at most.
public struct WorkbookLimits: Sendable, Hashable {
    public var parts = 256
    public var unpackedBytes = 64 * 1_024 * 1_024
    public var sheets = 40
    public var rows = 200_001
    public var columns = 256
    public var cells = 4_000_000
    public var cellCharacters = 32_767
    /// Elements within each other.
    public var depth = 32

    public init() {}
}

/// One sheet as it was read: texts as a person sees them, days as 2026-06-30, without anything of how they look.
public struct WorkbookTable: Sendable, Hashable {
    public let name: String
    /// Rows as in the spreadsheet, the first one first; each as long as its last filled cell.
    public let rows: [[String]]
}
