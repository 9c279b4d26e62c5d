/// One request of a browser, as plain values: what the daemon's listener has read of it, within its limits.
public struct WebRequest: Sendable {
    public var method: String
    /// Decoded, with its leading slash.
    public var path: String
    public var query: Form
    /// Header names in small letters; only those that pages look at.
    public var headers: [String: String]
    public var cookies: [String: String]
    public var body: [UInt8]
    /// The address it came from, for limits and the audit.
    public var source: String
    public var milliseconds: Int64

    public init(
        _ method: String, _ path: String, query: Form = Form(), headers: [String: String] = [:],
        cookies: [String: String] = [:], body: [UInt8] = [], source: String = "", milliseconds: Int64
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.cookies = cookies
        self.body = body
        self.source = source
        self.milliseconds = milliseconds
    }

    /// Path and query as a link to this very page.
    var link: String { query.isEmpty ? path : "\(path)?\(query.encoded)" }

    /// Whether it changes something, and so needs the token of its session.
    public var isWriting: Bool { method != "GET" && method != "HEAD" }
}

/// The answer to a browser.
public struct WebReply: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(_ status: Int, _ type: String, _ body: some Sequence<UInt8>, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = [(name: "Content-Type", value: type)] + headers
        self.body = [UInt8](body)
    }

    static func html(_ text: String, status: Int = 200) -> WebReply {
        WebReply(status, "text/html; charset=utf-8", text.utf8)
    }

    static func download(_ name: String, _ type: String, _ bytes: some Sequence<UInt8>) -> WebReply {
        // Names of downloads are ours: ASCII letters, digits, dots and hyphens.
        WebReply(200, type, bytes, headers: [(name: "Content-Disposition", value: "attachment; filename=\"\(name)\"")])
    }

    /// After a POST: the browser goes on with a GET, so that reloading sends nothing twice.
    static func see(_ path: String) -> WebReply {
        var reply = WebReply(303, "text/plain; charset=utf-8", "".utf8)
        reply.headers.append((name: "Location", value: path))
        return reply
    }
}
