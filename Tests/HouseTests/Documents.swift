/// Links of the documents, numbers of the decisions, shape of the business modules.
enum Documents {
    /// Relative links of one document that lead nowhere.
    static func linkViolations(in file: TextFile, exists: (String) -> Bool) -> [Violation] {
        links(in: file.text).compactMap { link in
            guard let path = resolve(link.text, from: file.path) else {
                return Violation(path: file.path, line: link.line, message: "\(link.text) leads out of the repository")
            }
            if exists(path) { return nil }
            return Violation(path: file.path, line: link.line, message: "\(link.text) leads to no file (\(path))")
        }
    }

    /// Targets of `[text](target)` and `[name]: target` that name a file. Code, web addresses and anchors are left out.
    static func links(in text: String) -> [SwiftText.Token] {
        var inFence = false
        var links: [SwiftText.Token] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                inFence.toggle()
                continue
            }
            if inFence { continue }
            for target in targets(in: withoutCode(line)) {
                let path = target.prefix { $0 != "#" }
                if path.isEmpty || path.contains(":") { continue }
                links.append(SwiftText.Token(text: String(path), line: index + 1))
            }
        }
        return links
    }

    /// `link` as a path from the root; nil when it climbs out of the repository.
    static func resolve(_ link: String, from path: String) -> String? {
        var parts = link.hasPrefix("/") ? [] : path.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") where part != "." {
            if part == ".." {
                if parts.isEmpty { return nil }
                parts.removeLast()
            } else {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    private static func withoutCode(_ line: Substring) -> String {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : " " }.joined()
    }

    private static func targets(in line: String) -> [Substring] {
        var targets = line.matches(of: #/\]\(\s*<?([^)\s>]+)/#).map(\.output.1)
        if let match = line.firstMatch(of: #/^\s*\[[^\]]+\]:\s+(\S+)/#) { targets.append(match.output.1) }
        return targets
    }

    /// Decisions are numbered 001, 002 ... and a number, once given, stays.
    static func decisionViolations(names: [String]) -> [Violation] {
        let folder = "docs/decisions/"
        var violations: [Violation] = []
        var numbers: [Int] = []
        for name in names.sorted() {
            if let match = name.wholeMatch(of: #/(\d{3})-[a-z0-9]+(?:-[a-z0-9]+)*\.md/#), let number = Int(match.output.1) {
                numbers.append(number)
            } else {
                violations.append(Violation(path: folder + name, line: 1, message: "a decision is named NNN-title.md"))
            }
        }
        for (index, number) in numbers.enumerated() where number != index + 1 {
            violations.append(
                Violation(
                    path: folder, line: 1, message: "number \(number) stands where \(index + 1) should: no gaps, no twins"))
            break
        }
        return violations
    }

    static let roomsThatAreNoModules = ["Shape", "Data"]

    /// A business module's folder begins with a contents file of its own name.
    static func shapeViolations(folder: String, names: [String]) -> [Violation] {
        if roomsThatAreNoModules.contains(folder) || names.contains(folder + ".swift") { return [] }
        return [
            Violation(
                path: "Sources/BusinessModules/\(folder)", line: 1,
                message: "the module has no contents file \(folder).swift")
        ]
    }

    /// One module does not speak of another: they meet in declared statistics, by code.
    static func neighbourViolations(in file: TextFile, modules: [String]) -> [Violation] {
        let parts = file.path.split(separator: "/").map(String.init)
        guard parts.count > 3, modules.contains(parts[2]) else { return [] }
        return SwiftText(file.text).tokens.filter { $0.text != parts[2] && modules.contains($0.text) }.map {
            Violation(
                path: file.path, line: $0.line,
                message: "\(parts[2]) speaks of the module \($0.text): read it through a declared statistic")
        }
    }
}
