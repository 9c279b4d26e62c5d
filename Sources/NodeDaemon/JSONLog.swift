internal import Foundation
internal import Logging

/// One JSON object a line on standard error. What goes in are codes, seats and counts, never a person's data.
struct JSONLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = [
            "at": Date().ISO8601Format(), "level": event.level.rawValue, "message": "\(event.message)", "from": label,
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) { fields[key] = "\(value)" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { FileHandle.standardError.write(try encoder.encode(fields) + Data([0x0A])) } catch {
            FileHandle.standardError.write(
                Data("{\"level\":\"error\",\"message\":\"a log line could not be written\"}\n".utf8))
        }
    }
}
