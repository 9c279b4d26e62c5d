/// How large a file, a function and a line may grow.
enum Sizes {
    static let fileLines = 400
    static let functionLines = 60
    static let lineCharacters = 125

    static func fileViolations(in file: TextFile) -> [Violation] {
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        guard count > fileLines else { return [] }
        return [
            Violation(path: file.path, line: count, message: "\(count) lines; a file has at most \(fileLines): split it")
        ]
    }

    static func lineViolations(in file: TextFile) -> [Violation] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > lineCharacters, line.count > lineCharacters else { return nil }
            return Violation(
                path: file.path, line: index + 1, message: "\(line.count) characters; a line has at most \(lineCharacters)")
        }
    }

    static func functionViolations(in file: TextFile) -> [Violation] {
        functions(in: SwiftText(file.text)).filter { $0.lines > functionLines }.map {
            Violation(
                path: file.path, line: $0.line,
                message: "\($0.name) has \($0.lines) lines; a function has at most \(functionLines): name its parts")
        }
    }

    struct Function: Equatable {
        let name: String
        let line: Int
        let lines: Int
    }

    /// Functions, initialisers, subscripts and computed properties, measured from their keyword to their closing brace.
    static func functions(in text: SwiftText) -> [Function] {
        let tokens = text.tokens
        return tokens.indices.compactMap { index in
            guard let name = declaredName(tokens, at: index), let open = bodyStart(tokens, after: index),
                let close = closingBrace(tokens, from: open)
            else { return nil }
            let first = tokens[index].line
            return Function(name: name, line: first, lines: tokens[close].line - first + 1)
        }
    }

    private static func declaredName(_ tokens: [SwiftText.Token], at index: Int) -> String? {
        let word = tokens[index].text
        let next = tokens.dropFirst(index + 1).first { $0.text != "`" }?.text ?? ""
        if index > 0 && tokens[index - 1].text == "." { return nil }  // a call, such as self.init(...)
        switch word {
        case "func", "var": return next
        case "init" where ["(", "<", "?", "!"].contains(next): return word
        case "subscript" where ["(", "<"].contains(next): return word
        case "deinit" where next == "{": return word
        default: return nil
        }
    }

    /// The brace that opens the body; nil for a requirement without one and for a stored property.
    private static func bodyStart(_ tokens: [SwiftText.Token], after index: Int) -> Int? {
        let ends = [
            "}", ";", "func", "var", "let", "case", "struct", "class", "enum", "extension", "protocol", "import", "static",
        ]
        let property = tokens[index].text == "var"
        var depth = 0
        for at in tokens.indices.dropFirst(index + 1) {
            let text = tokens[at].text
            if text == "(" || text == "[" { depth += 1 }
            if text == ")" || text == "]" { depth -= 1 }
            if depth < 0 { return nil }
            if depth > 0 { continue }
            if text == "{" { return at }
            if property && (text == "=" || tokens[at].line > tokens[index].line + 1) { return nil }
            if at > index + 1 && ends.contains(text) { return nil }
        }
        return nil
    }

    private static func closingBrace(_ tokens: [SwiftText.Token], from open: Int) -> Int? {
        var depth = 0
        for at in tokens.indices.dropFirst(open) {
            if tokens[at].text == "{" { depth += 1 }
            if tokens[at].text == "}" {
                depth -= 1
                if depth == 0 { return at }
            }
        }
        return nil
    }
}
