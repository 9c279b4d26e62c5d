/// Which modules a target may import. SwiftPM lets a transitive import compile, so the arrows need a check of their own.
enum Arrows {
    struct Target {
        let name: String
        /// Exact names; one that ends in `*` allows the family.
        let allowed: [String]
    }

    static let targets: [Target] = [
        Target(name: "SyncProtocol", allowed: ["CLZ4", "CLibCrypto"]),
        Target(name: "NodeCore", allowed: ["SyncProtocol", "CArgon2", "GRDB*", "Foundation", "Synchronization"]),
        Target(name: "BusinessModules", allowed: ["NodeCore", "SwiftCSV", "Foundation"]),
        Target(name: "NodeFiles", allowed: ["BusinessModules", "CFileTimes", "NodeCore", "SyncProtocol", "Foundation"]),
        Target(
            name: "Bench",
            allowed: [
                "BusinessModules", "NodeSimulator", "NodeCore", "Site", "SyncProtocol", "CWorkload", "Foundation",
                "Synchronization",
            ]),
        Target(name: "NodeSimulator", allowed: ["NodeCore", "SyncProtocol", "CSimulatedDisk", "Synchronization"]),
        Target(name: "Workbooks", allowed: ["CZlib", "NodeCore", "Foundation", "FoundationXML"]),
        Target(
            name: "Site",
            allowed: ["BusinessModules", "CZlib", "NodeCore", "SyncProtocol", "Workbooks", "Mustache", "Foundation"]),
        Target(
            name: "NodeDaemon",
            allowed: [
                "BusinessModules", "NodeFiles", "Site", "NodeCore", "SyncProtocol", "Hummingbird*", "AsyncHTTPClient",
                "ServiceLifecycle",
                "UnixSignals",
                "Logging", "NIO*", "HTTPTypes", "Foundation", "Dispatch", "Synchronization",
            ]),
        Target(
            name: "NodeCtl",
            allowed: [
                "ArgumentParser", "BusinessModules", "NodeFiles", "NodeCore", "SyncProtocol", "NodeSimulator",
                "AsyncHTTPClient", "NIO*",
                "Foundation",
            ]),
    ]

    /// Targets left of the executables: no clock, randomness, concurrency.
    static let leftOfTheDaemon = [
        "SyncProtocol", "NodeCore", "BusinessModules", "Workbooks", "Site", "NodeFiles", "NodeSimulator",
    ]

    static let store = "Sources/NodeCore/Store/"

    static func target(of path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    static func violations(in file: TextFile) -> [Violation] {
        guard let target = targets.first(where: { $0.name == target(of: file.path) }) else {
            return [Violation(path: file.path, line: 1, message: "this target is not in the list of arrows")]
        }
        return imports(in: SwiftText(file.text)).compactMap { found in
            if matches(found.text, target.allowed) { return nil }
            let may = target.allowed.joined(separator: ", ")
            return Violation(
                path: file.path, line: found.line,
                message: "\(target.name) must not import \(found.text); it may import \(may)")
        }
    }

    static func storeViolations(in file: TextFile) -> [Violation] {
        if file.path.hasPrefix(store) { return [] }
        return imports(in: SwiftText(file.text)).filter { matches($0.text, ["GRDB*"]) }.map {
            Violation(
                path: file.path, line: $0.line, message: "\($0.text) is imported only in \(store): ask the store instead")
        }
    }

    /// The modules a file imports, with attributes, access levels and single declarations read away.
    static func imports(in text: SwiftText) -> [SwiftText.Token] {
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
        let tokens = text.tokens
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "import", index + 1 < tokens.count else { return nil }
            let next = tokens[index + 1]
            guard kinds.contains(next.text) else { return next }
            return index + 2 < tokens.count ? tokens[index + 2] : nil
        }
    }

    private static func matches(_ name: String, _ allowed: [String]) -> Bool {
        allowed.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
    }
}
