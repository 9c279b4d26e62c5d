/// A Swift file taken apart: its code with comments and literals blanked out, and the literals themselves.
/// A rough lexer, enough for house rules: it knows nested comments, raw, multi-line and interpolated strings,
/// but takes a regex literal for code.
struct SwiftText {
    struct Literal: Equatable {
        let line: Int
        let text: String
    }

    /// The source with comments and string contents replaced by blanks; lines keep their numbers.
    private(set) var code: [UInt8] = []
    private(set) var literals: [Literal] = []

    private let source: [UInt8]
    private var at = 0
    private var line = 1

    init(_ text: String) {
        source = Array(text.utf8)
        code.reserveCapacity(source.count)
        scanCode(untilParenthesis: false)
    }

    var lines: [String] {
        code.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        at + offset < source.count ? source[at + offset] : nil
    }

    private func isAt(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            at + wanted.count <= source.count && source[at..<at + wanted.count].elementsEqual(wanted)
        }
    }

    private mutating func keep() {
        if source[at] == UInt8(ascii: "\n") { line += 1 }
        code.append(source[at])
        at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < source.count {
            let newline = source[at] == UInt8(ascii: "\n")
            if newline { line += 1 }
            code.append(newline ? source[at] : UInt8(ascii: " "))
            at += 1
        }
    }

    /// Reads code to the end, or to the parenthesis that closes an interpolation.
    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while let byte = peek() {
            if isAt("//") {
                while let next = peek(), next != UInt8(ascii: "\n") { blank() }
            } else if isAt("/*") {
                scanBlockComment()
            } else if byte == UInt8(ascii: "\"") || startsRawString() {
                scanString()
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if untilParenthesis && depth == 0 { return }
                    depth -= 1
                }
                keep()
            }
        }
    }

    private func startsRawString() -> Bool {
        var offset = 0
        while peek(offset) == UInt8(ascii: "#") { offset += 1 }
        return offset > 0 && peek(offset) == UInt8(ascii: "\"")
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if isAt("/*") {
                depth += 1
                blank(2)
            } else if isAt("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && at < source.count
    }

    private mutating func scanString() {
        var hashes = 0
        while peek() == UInt8(ascii: "#") {
            hashes += 1
            keep()
        }
        let quotes = isAt("\"\"\"") ? 3 : 1
        let start = line
        var text: [UInt8] = []
        for _ in 0..<quotes { keep() }
        while let byte = peek() {
            if closes(quotes: quotes, hashes: hashes) {
                for _ in 0..<quotes + hashes { keep() }
                break
            }
            if quotes == 1 && byte == UInt8(ascii: "\n") { break }  // not valid Swift; do not swallow the file
            if escapes(hashes: hashes) {
                blank(1 + hashes)
                if peek() == UInt8(ascii: "(") {
                    keep()
                    scanCode(untilParenthesis: true)
                    if peek() != nil { keep() }
                } else {
                    blank()
                }
                text.append(UInt8(ascii: " "))
            } else {
                text.append(byte)
                blank()
            }
        }
        literals.append(Literal(line: start, text: String(decoding: text, as: UTF8.self)))
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { peek($0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { peek(quotes + $0) == UInt8(ascii: "#") }
    }

    private func escapes(hashes: Int) -> Bool {
        peek() == UInt8(ascii: "\\") && (0..<hashes).allSatisfy { peek(1 + $0) == UInt8(ascii: "#") }
    }
}

extension SwiftText {
    /// One word, number or punctuation mark of the code.
    struct Token: Equatable {
        let text: String
        let line: Int
    }

    var tokens: [Token] {
        var tokens: [Token] = []
        var word: [UInt8] = []
        var line = 1
        func finish(_ word: inout [UInt8], _ line: Int, _ tokens: inout [Token]) {
            if word.isEmpty { return }
            tokens.append(Token(text: String(decoding: word, as: UTF8.self), line: line))
            word.removeAll(keepingCapacity: true)
        }
        for byte in code {
            if byte.isWord {
                word.append(byte)
                continue
            }
            finish(&word, line, &tokens)
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte > UInt8(ascii: " ") { tokens.append(Token(text: String(UnicodeScalar(byte)), line: line)) }
        }
        finish(&word, line, &tokens)
        return tokens
    }
}

extension UInt8 {
    /// Whether the byte can stand in an identifier; every byte of a non-ASCII character can.
    var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }
}
