internal import Foundation
public import NodeCore

/// Who is signed in in this browser, and what they have to do before anything else.
struct Visitor: Sendable {
    let session: Session
    let principal: Principal

    static let cookie = "__Host-session"

    /// Nil when nobody is, or no longer.
    init?(_ request: WebRequest, in snapshot: borrowing Snapshot) throws {
        guard let secret = request.cookies[Visitor.cookie],
            let session = try Sessions.find(secret, source: request.source, at: request.milliseconds, in: snapshot),
            !session.isToken
        else { return nil }
        self.session = session
        principal =
            session.principal
            ?? Principal(
                account: session.account.id, name: session.account.name, grants: [], session: session.id,
                source: session.source)
    }

    var csrf: String { session.csrf }
    var isOutside: Bool { session.account.isOutside }

    /// Where an open duty is done.
    var nextStep: String? {
        switch session.duty {
        case .code: "/sign-in/code"
        case .factor: "/sign-in/factor"
        case .password: "/sign-in/password"
        case nil: nil
        }
    }

    /// After signing in, and after each duty.
    static func home(_ session: Session, back: String?) -> String {
        switch session.duty {
        case .code: return "/sign-in/code"
        case .factor: return "/sign-in/factor"
        case .password: return "/sign-in/password"
        case nil: break
        }
        let path = Switches.back(back)
        if session.account.isOutside { return path.hasPrefix("/p") ? path : "/p" }
        return path.hasPrefix("/p") ? "/" : path
    }
}

extension Site {
    /// Who calls the API: a program with a token, or a page in somebody's browser.
    public static func caller(_ request: WebRequest, in snapshot: borrowing Snapshot) throws -> Session? {
        let bearer = request.headers["authorization"].flatMap { line -> String? in
            line.hasPrefix("Bearer ") ? String(line.dropFirst("Bearer ".count)) : nil
        }
        guard let secret = bearer ?? request.cookies[Visitor.cookie] else { return nil }
        guard
            let session = try Sessions.find(secret, source: request.source, at: request.milliseconds, in: snapshot)
        else { return nil }
        // A browser sends its cookie along by itself: what changes something needs the token of its pages too.
        if bearer == nil, request.isWriting, request.headers["x-csrf-token"] != session.csrf { return nil }
        return session
    }

    /// Whether using this session has to be noted, so that it does not run out. What a page asks for by itself counts for
    /// nothing.
    public static func sessionToTouch(_ request: WebRequest, in snapshot: borrowing Snapshot) throws -> SessionID? {
        guard request.headers["x-requested-with"] == nil, let secret = request.cookies[Visitor.cookie],
            let session = try Sessions.find(secret, source: request.source, at: request.milliseconds, in: snapshot),
            session.needsTouch(at: request.milliseconds)
        else { return nil }
        return session.id
    }
}

extension WebReply {
    /// The browser keeps the session under a name that no other host or path can set.
    func opening(_ opened: OpenedSession) -> WebReply {
        with(cookie: "\(Visitor.cookie)=\(opened.secret); Path=/; Secure; HttpOnly; SameSite=Strict")
    }

    func ending() -> WebReply { with(cookie: "\(Visitor.cookie)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict") }

    private func with(cookie: String) -> WebReply {
        var reply = self
        reply.headers.append((name: "Set-Cookie", value: cookie))
        return reply
    }
}
