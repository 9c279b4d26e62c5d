import BusinessModules
import Foundation
import NodeCore

/// The process named in a folder's `pid`. A number alone proves nothing: it may belong to another program by now.
enum NodeProcess {
    /// The daemon of this folder, if it runs.
    static func find(_ folder: NodeFolder) throws -> Int32? {
        guard let number = try folder.processID(), isDaemon(number, of: folder.path) else { return nil }
        return number
    }

    /// Asks the process to end and waits for it. False when it is still there after `seconds`.
    static func end(_ number: Int32, of folder: NodeFolder, seconds: Int) async throws -> Bool {
        guard kill(number, SIGTERM) == 0 else { return errno == ESRCH }
        for _ in 0..<seconds * 10 {
            guard isDaemon(number, of: folder.path) else {
                try folder.removeProcessID()
                return true
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
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
