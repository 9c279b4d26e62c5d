/// Where a listener is: `host:port`, an IPv6 host in brackets.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// Without brackets.
    public let host: String
    public let port: Int

    /// Nil when the text is no such address.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            let isAddress = inner.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
            guard inner.contains(":"), isAddress else { return nil }
            self.host = String(inner)
        } else {
            guard HostPort.isName(host) else { return nil }
            self.host = String(host)
        }
        self.port = port
    }

    /// An IPv6 host in brackets again.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Letters, digits and hyphens between dots (RFC 1123); an IPv4 address is such a name. All digits and dots must be one.
    private static func isName(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(host.utf8.count), labels.allSatisfy(isLabel) else { return false }
        guard labels.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return true }
        return labels.count == 4 && labels.allSatisfy { Int($0).map { $0 < 256 } ?? false }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}
