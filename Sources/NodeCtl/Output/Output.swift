import Foundation

/// Data to standard output, everything else to standard error.
enum Output {
    static func write(_ text: String) { put(text, FileHandle.standardOutput) }

    static func note(_ text: String) { put(text + "\n", FileHandle.standardError) }

    /// A reader that went away ends the program quietly, as it does with other tools.
    private static func put(_ text: String, _ handle: FileHandle) {
        guard !text.isEmpty else { return }
        do { try handle.write(contentsOf: Data(text.utf8)) } catch { exit(1) }
    }
}

/// A line on the terminal for as long as something takes; nothing when standard error is no terminal.
enum Progress {
    /// `share`: how much of it is done, between 0 and 1, where that can be asked.
    static func during<Result>(
        _ what: String, _ share: (@Sendable () async -> Double?)? = nil, _ work: () async throws -> Result
    ) async throws -> Result {
        guard isatty(STDERR_FILENO) == 1 else { return try await work() }
        let ticker = Task {
            let start = ContinuousClock.now
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                let done = await share?().map { " \(Int($0 * 100)) %" } ?? ""
                put("\r\(what) \((ContinuousClock.now - start).components.seconds) s\(done)")
            }
        }
        defer {
            ticker.cancel()
            // To the beginning of the line, and clear it.
            put("\r\u{1B}[K")
        }
        return try await work()
    }

    private static func put(_ text: String) {
        do { try FileHandle.standardError.write(contentsOf: Data(text.utf8)) } catch { return }
    }
}
