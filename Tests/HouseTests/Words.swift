/// Words the house does without, each with what to write instead.
enum Words {
    struct Ban {
        let word: String
        let instead: String
        /// The targets it holds in; nil for all.
        var targets: [String]?
        /// A line that contains one of these is right all the same, in the executables.
        var unless: [String] = []
    }

    static let bans: [Ban] = [
        Ban(word: "try!", instead: "throw, or return a refusal as a value"),
        Ban(word: "as!", instead: "use `as?` with a guard, or a type that needs no cast"),
        Ban(word: "fatalError(", instead: "state the broken invariant with `preconditionFailure`, or throw"),
        Ban(word: "@unchecked", instead: "make the type a value, or let an actor own it"),
        Ban(word: "nonisolated(unsafe)", instead: "pass the value in, or let an actor own it"),
        Ban(word: "Task.detached", instead: "start a child task of the service that owns the work"),
        Ban(
            word: "try?", instead: "handle the error, or let it reach the caller",
            unless: ["Task.sleep"]),
        Ban(word: "Date()", instead: "take the time as an argument", targets: Arrows.leftOfTheDaemon),
        Ban(word: "Date.now", instead: "take the time as an argument", targets: Arrows.leftOfTheDaemon),
        Ban(word: "UUID()", instead: "take entropy as an argument", targets: Arrows.leftOfTheDaemon),
        Ban(word: "Task {", instead: "return an effect; the daemon runs it", targets: Arrows.leftOfTheDaemon),
        Ban(word: "async", instead: "stay synchronous; return an effect", targets: Arrows.leftOfTheDaemon),
        Ban(word: "await", instead: "stay synchronous; return an effect", targets: Arrows.leftOfTheDaemon),
        Ban(
            word: "SystemRandomNumberGenerator", instead: "take entropy as an argument", targets: Arrows.leftOfTheDaemon),
        Ban(word: ".random(", instead: "take entropy as an argument", targets: Arrows.leftOfTheDaemon),
    ]

    static func violations(in file: TextFile) -> [Violation] {
        let target = Arrows.target(of: file.path)
        let isExecutable = target.map { !Arrows.leftOfTheDaemon.contains($0) } ?? true
        return SwiftText(file.text).lines.enumerated().flatMap { index, line in
            bans.compactMap { ban in
                if let targets = ban.targets, !targets.contains(target ?? "") { return nil }
                if isExecutable && ban.unless.contains(where: line.contains) { return nil }
                guard contains(line, ban.word) else { return nil }
                return Violation(path: file.path, line: index + 1, message: "`\(ban.word)`: \(ban.instead)")
            }
        }
    }

    // MARK: Names

    static let weakEndings = ["Util", "Utils", "Helper", "Helpers", "Manager", "Impl"]

    static func nameViolations(in file: TextFile) -> [Violation] {
        let kinds = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        let tokens = SwiftText(file.text).tokens
        var names = tokens.indices.dropLast().filter { kinds.contains(tokens[$0].text) }.map { tokens[$0 + 1] }
        let stem = file.name.hasSuffix(".swift") ? String(file.name.dropLast(6)) : file.name
        names += stem.split(separator: "+").map { SwiftText.Token(text: String($0), line: 1) }
        return names.compactMap { name in
            guard let ending = weakEndings.first(where: name.text.hasSuffix) else { return nil }
            return Violation(
                path: file.path, line: name.line,
                message: "\(name.text) ends in \(ending): name what it is, not that it helps")
        }
    }

    // MARK: SQL

    static func sqlViolations(in file: TextFile) -> [Violation] {
        if file.path.hasPrefix(Arrows.store) { return [] }
        return SwiftText(file.text).literals.compactMap { literal in
            guard let statement = sqlStatement(in: literal.text) else { return nil }
            return Violation(
                path: file.path, line: literal.line,
                message: "\(statement) in a string: SQL is written only in \(Arrows.store)")
        }
    }

    /// The kind of statement a literal holds. Upper case only, so that a sentence may say "select" and "update".
    static func sqlStatement(in text: String) -> String? {
        let blanks = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let starts = [
            "SELECT", "INSERT INTO", "INSERT OR", "REPLACE INTO", "DELETE FROM", "CREATE TABLE", "CREATE INDEX",
            "CREATE UNIQUE INDEX", "CREATE TRIGGER", "CREATE VIEW", "ALTER TABLE", "DROP TABLE", "PRAGMA",
        ]
        if let start = starts.first(where: { contains(blanks, $0) }) { return start }
        return contains(blanks, "UPDATE") && contains(blanks, "SET") ? "UPDATE ... SET" : nil
    }

    // MARK: Notes and paths

    /// Put together here, so that this file does not find itself.
    static let notes = ["TO" + "DO", "FIX" + "ME"]
    static let machinePaths = ["/wo" + "rk/", "../sha" + "red", "/opt/swi" + "ft/", "/Us" + "ers/", "/ro" + "ot/"]

    static func noteViolations(in file: TextFile) -> [Violation] {
        matches(in: file, notes) { "\($0): finish it, or open an issue" }
    }

    static func pathViolations(in file: TextFile) -> [Violation] {
        file.lines.enumerated().flatMap { index, line in
            machinePaths.filter { line.contains($0) }.map {
                Violation(path: file.path, line: index + 1, message: "`\($0)` is a path of one machine")
            }
        }
    }

    private static func matches(in file: TextFile, _ words: [String], _ message: (String) -> String) -> [Violation] {
        file.lines.enumerated().flatMap { index, line in
            words.filter { contains(String(line), $0) }.map {
                Violation(path: file.path, line: index + 1, message: message($0))
            }
        }
    }

    /// Whether `word` stands in `line` on its own, not as part of a longer identifier.
    static func contains(_ line: String, _ word: String) -> Bool {
        let line = Array(line.utf8)
        let word = Array(word.utf8)
        guard let first = word.first, let last = word.last, line.count >= word.count else { return false }
        return (0...line.count - word.count).contains { start in
            let end = start + word.count
            guard line[start] == first, line[start..<end].elementsEqual(word) else { return false }
            if first.isWord && start > 0 && line[start - 1].isWord { return false }
            return !(last.isWord && end < line.count && line[end].isWord)
        }
    }
}
