import BusinessModules
import Foundation
import NodeCore
import NodeFiles

/// The process named in a folder's `pid`. A number alone proves nothing: it may belong to another program by now.
enum NodeProcess {
    /// The daemon of this folder, if it runs.
    static func find(_ folder: NodeFolder) throws -> Int32? {
        guard let number = try folder.processID(), isDaemon(number, of: folder.path) else { return nil }
        return number
    }

    /// Asks the daemons to end, all at once, since neighbours wait for each other; then waits for them. Returns the
    /// folders of those that are still there after `seconds`.
    static func end(_ folders: [NodeFolder], seconds: Int) async throws -> [NodeFolder] {
        var left = [NodeFolder]()
        for folder in folders {
            guard let number = try find(folder) else {
                try folder.removeProcessID()
                continue
            }
            kill(number, SIGTERM)
            left.append(folder)
        }
        for _ in 0..<seconds * 10 where !left.isEmpty {
            var staying = [NodeFolder]()
            for folder in left {
                guard try find(folder) == nil else {
                    staying.append(folder)
                    continue
                }
                try folder.removeProcessID()
            }
            left = staying
            if !left.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        }
        return left
    }

    /// Whether the command line is that of a noded with this folder.
    static func isDaemon(_ number: Int32, of folder: String) -> Bool {
        guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
        let working: String
        do {
            working = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/cwd")
        } catch {
            return false
        }
        let words = line.split(separator: 0, omittingEmptySubsequences: false)
        return names(words.map { String(decoding: $0, as: UTF8.self) }, folder, working: working)
    }

    /// `--dir D` or `--dir=D`, relative to the process's own directory.
    static func names(_ arguments: [String], _ folder: String, working: String) -> Bool {
        guard let program = arguments.first, program.split(separator: "/").last == "noded" else { return false }
        let separate = zip(arguments, arguments.dropFirst()).first { $0.0 == "--dir" }?.1
        let joined = arguments.first { $0.hasPrefix("--dir=") }.map { String($0.dropFirst("--dir=".count)) }
        guard let named = separate ?? joined else { return false }
        let base = URL(fileURLWithPath: working, isDirectory: true)
        return URL(fileURLWithPath: named, relativeTo: base).standardizedFileURL.path
            == URL(fileURLWithPath: folder).standardizedFileURL.path
    }
}
