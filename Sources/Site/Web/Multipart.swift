internal import Foundation

/// A form with files, as `multipart/form-data` (RFC 7578) packs it. A bounded number of parts, each as it is.
struct Multipart: Sendable {
    struct Part: Sendable {
        let name: String
        let filename: String?
        let bytes: [UInt8]
    }

    let parts: [Part]

    private static let partsMax = 1_000

    /// Nil when it is not well formed.
    init?(_ request: WebRequest) {
        guard let type = request.headers["content-type"],
            let mark = Multipart.parameter("boundary", of: type), (1...70).contains(mark.utf8.count)
        else { return nil }
        let body = Data(request.body)
        let line = Data("--\(mark)".utf8)
        var parts = [Part]()
        var start = body.range(of: line)?.upperBound
        while let from = start, let next = body.range(of: line, in: from..<body.endIndex) {
            // Each part stands between CRLFs that belong to the boundary lines.
            guard parts.count < Multipart.partsMax, next.lowerBound - from >= 4,
                let part = Multipart.part(body[(from + 2)..<(next.lowerBound - 2)])
            else { return nil }
            parts.append(part)
            start = next.upperBound
        }
        guard let end = start, body[end...].starts(with: Data("--".utf8)) else { return nil }
        self.parts = parts
    }

    func field(_ name: String) -> String? {
        parts.first { $0.name == name && $0.filename == nil }.flatMap { String(validating: $0.bytes, as: UTF8.self) }
    }

    func files(_ name: String) -> [Part] { parts.filter { $0.name == name && $0.filename?.isEmpty == false } }

    private static func part(_ bytes: Data) -> Part? {
        guard let gap = bytes.range(of: Data("\r\n\r\n".utf8)),
            let head = String(validating: bytes[..<gap.lowerBound], as: UTF8.self)
        else { return nil }
        let line = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }
        guard let line, let name = parameter("name", of: line) else { return nil }
        return Part(name: name, filename: parameter("filename", of: line), bytes: [UInt8](bytes[gap.upperBound...]))
    }

    private static func parameter(_ name: String, of line: String) -> String? {
        for part in line.components(separatedBy: ";").dropFirst() {
            let halves = part.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].lowercased() == name else { continue }
            return halves[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
        return nil
    }
}
