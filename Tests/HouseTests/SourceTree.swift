import Foundation

/// What a check found, as an editor can jump to it.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A text file with its path from the package's root.
struct TextFile {
    let path: String
    let text: String

    var name: String { String(path.split(separator: "/").last ?? "") }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

/// The working tree as the checks read it. Build folders and the version store stay out.
enum SourceTree {
    /// BANGFU_ROOT lets the checks run from a package outside the tree.
    static let root: URL = {
        if let root = ProcessInfo.processInfo.environment["BANGFU_ROOT"] { return URL(fileURLWithPath: root) }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }()

    static let sources: [TextFile] = files(under: "Sources") { $0.hasSuffix(".swift") }

    static let documents: [TextFile] = files(under: "") { path in
        guard path.hasSuffix(".md") else { return false }
        return path.hasPrefix("docs/") || !path.contains("/")
    }

    /// Everything a person wrote: sources, tests, scripts, documents, the package; data tables apart.
    static let everything: [TextFile] = files(under: "") { path in
        let rooms = ["Sources/", "Tests/", "docs/", "scripts/", ".ci/"]
        guard rooms.contains(where: path.hasPrefix) || !path.contains("/") else { return false }
        return !path.hasSuffix(".csv") && path != "Package.resolved"
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// Folder names directly under `path`, sorted.
    static func folders(under path: String) -> [String] {
        names(under: path).filter { isFolder(join(path, $0)) }
    }

    /// File and folder names directly under `path`, sorted; empty if it does not exist.
    static func names(under path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)) ?? []).sorted()
    }

    private static let skipped = [".git", ".build", ".swiftpm", "node_modules"]

    private static func files(under path: String, where wanted: (String) -> Bool) -> [TextFile] {
        names(under: path).flatMap { name -> [TextFile] in
            let child = join(path, name)
            if skipped.contains(where: name.hasPrefix) { return [] }
            if isFolder(child) { return files(under: child, where: wanted) }
            guard wanted(child), let data = FileManager.default.contents(atPath: root.appendingPathComponent(child).path),
                let text = String(data: data, encoding: .utf8)
            else { return [] }
            return [TextFile(path: child, text: text)]
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        return FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path, isDirectory: &folder)
            && folder.boolValue
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : path + "/" + name }
}
