internal import NodeCore

extension Visit {
    /// That a form was sent from a page of this node and not from another one in the same browser.
    func checkOrigin() throws {
        let site = request.headers["sec-fetch-site"]
        let isForeign = site.map { $0 != "same-origin" && $0 != "none" } ?? false
        let origin = request.headers["origin"]
        let isElsewhere =
            origin.map { origin in
                guard let host = request.headers["host"] else { return true }
                return origin != "https://\(host)" && origin != "http://\(host)"
            } ?? false
        guard !isForeign, !isElsewhere else { throw Visit.foreign }
    }

    /// That the form was made for this session.
    func checkToken(_ expected: String) throws {
        let given = request.headers["x-csrf-token"] ?? request.token
        guard let given, !expected.isEmpty, Visit.isSame(Array(given.utf8), Array(expected.utf8)) else {
            throw Visit.foreign
        }
    }

    private static let foreign = NodeError(
        .notAllowed, "页面已过期，请刷新后重新提交", "this page is out of date: load it again and send it once more")

    /// Takes the same time wherever the two differ.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension WebRequest {
    /// The token of a form, whatever way it is packed.
    fileprivate var token: String? {
        if headers["content-type"]?.hasPrefix("multipart/form-data") == true { return Multipart(self)?.field("_csrf") }
        return String(validating: body, as: UTF8.self).flatMap { Form(encoded: $0) }?["_csrf"]
    }
}

extension WebReply {
    /// What every answer tells the browser about what it may do with it.
    public func protected() -> WebReply {
        var reply = self
        reply.headers += WebReply.protection
        if !reply.headers.contains(where: { $0.name == "Cache-Control" }) {
            reply.headers.append((name: "Cache-Control", value: "no-store"))
        }
        return reply
    }

    private static let protection = [
        (
            name: "Content-Security-Policy",
            value: """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
            connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; \
            base-uri 'none'
            """
        ),
        (name: "X-Content-Type-Options", value: "nosniff"),
        (name: "Referrer-Policy", value: "same-origin"),
        (name: "Permissions-Policy", value: "camera=(self), geolocation=(), microphone=()"),
        (name: "Cross-Origin-Opener-Policy", value: "same-origin"),
        (name: "Strict-Transport-Security", value: "max-age=31536000"),
    ]
}
