/// What the nation or a province tells those below: plain text, for a time, for some roles and levels. A later version of
/// the same notice takes its place; one that was withdrawn is shown no more.
public struct Notice: Sendable, Hashable {
    /// 32 hexadecimal digits, drawn when it is first published.
    public let id: String
    public let title: String
    /// Paragraphs are parted by line feeds.
    public let text: String
    public let from: CalendarDay
    public let to: CalendarDay?
    /// Codes of `role`; empty for everybody.
    public let roles: [String]
    /// Empty for every level.
    public let levels: [Level]
    public let isWithdrawn: Bool
    /// When it was published, in milliseconds since 1970; for what is shown.
    public let milliseconds: Int64

    public init(
        id: String, title: String, text: String, from: CalendarDay, to: CalendarDay?, roles: [String] = [],
        levels: [Level] = [], isWithdrawn: Bool = false, milliseconds: Int64
    ) {
        self.id = id
        self.title = title
        self.text = text
        self.from = from
        self.to = to
        self.roles = roles
        self.levels = levels
        self.isWithdrawn = isWithdrawn
        self.milliseconds = milliseconds
    }

    public static let titleCharacters = 60
    public static let textCharacters = 10_000
    static let rolesMax = 40

    /// Nil when it can be published; else what is wrong.
    public var fault: Label? {
        guard (1...Notice.titleCharacters).contains(title.count), !Notice.isMarked(title, lines: false) else {
            return Label("标题须为1至60字、不含控制字符", "a title has 1 to 60 characters and no control characters")
        }
        guard (1...Notice.textCharacters).contains(text.count), !Notice.isMarked(text, lines: true) else {
            return Label("正文须为1至10000字的纯文本", "the text is plain, of 1 to 10000 characters")
        }
        if let to, to < from { return Label("有效期的结束早于开始", "it would end before it begins") }
        guard roles.count <= Notice.rolesMax, roles.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 40 }) else {
            return Label("角色代码过多或无效", "too many roles, or one that is none")
        }
        guard id.utf8.count == 32, id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            return Label("公告标识无效", "this is no identifier of a notice")
        }
        return nil
    }

    /// Control characters would break a terminal and a page; line feeds part paragraphs.
    private static func isMarked(_ text: String, lines: Bool) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control && !(lines && $0 == "\n") }
    }

    /// Whether it is shown at a node of this level on a day.
    public func isShown(at level: Level, on day: CalendarDay) -> Bool {
        !isWithdrawn && from <= day && (to.map { day <= $0 } ?? true) && (levels.isEmpty || levels.contains(level))
    }

    /// Whether somebody with these roles is meant; nil for everybody's view (the operator).
    public func concerns(_ roles: Set<String>?) -> Bool {
        guard let roles, !self.roles.isEmpty else { return true }
        return !roles.isDisjoint(with: self.roles)
    }

    public var withdrawn: Notice {
        Notice(
            id: id, title: title, text: text, from: from, to: to, roles: roles, levels: levels, isWithdrawn: true,
            milliseconds: milliseconds)
    }
}
