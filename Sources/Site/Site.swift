public import BusinessModules
public import NodeCore

/// The console and the portal: every page as a function over values. No socket, clock or randomness is here: the daemon's
/// listener brings requests in and carries replies out, and tests do the same without one.
public struct Site: Sendable {
    let pages: [Page]
    let frame: Frame

    public init(modules: [BusinessModule], assets: AssetIndex) throws {
        frame = Frame(templates: try Templates(), modules: modules, assets: assets)
        pages = Site.pages(frame)
    }

    /// How a request is to be run.
    public enum Plan: Sendable {
        /// Beside the writer.
        case read
        /// In the one writer's transaction.
        case write
        /// `begin` beside the writer, its result anywhere, then `finish` in the writer.
        case staged
    }

    public func plan(_ request: WebRequest) -> Plan {
        switch find(request)?.page.action {
        case .write: .write
        case .staged: .staged
        case .read, nil: .read
        }
    }

    // MARK: Running

    public func read(_ request: WebRequest, _ surroundings: Surroundings, in snapshot: borrowing Snapshot) throws -> WebReply
    {
        guard let (page, visit) = try visit(request, surroundings, in: snapshot) else { throw Site.nothing }
        if let reply = try stop(page, visit) { return reply }
        guard case .read(let answer) = page.action else { throw Site.nothing }
        return try answer(visit, snapshot)
    }

    public func write(_ request: WebRequest, _ surroundings: Surroundings, in tx: borrowing Transaction) throws -> (
        WebReply, [Effect]
    ) {
        guard let (page, visit) = try tx.withSnapshot({ try visit(request, surroundings, in: $0) }) else {
            throw Site.nothing
        }
        if let reply = try stop(page, visit) { return (reply, []) }
        guard case .write(let answer) = page.action else { throw Site.nothing }
        return try answer(visit, tx)
    }

    /// The slow part of a request, and what is to be written after it.
    public struct Staged: Sendable {
        /// Takes long; belongs neither beside the writer nor into it.
        public let work: @Sendable () throws -> @Sendable (borrowing Transaction) throws -> (WebReply, [Effect])
    }

    public func begin(_ request: WebRequest, _ surroundings: Surroundings, in snapshot: borrowing Snapshot) throws -> Staged
    {
        guard let (page, visit) = try visit(request, surroundings, in: snapshot) else { throw Site.nothing }
        if let reply = try stop(page, visit) { return Staged { { _ in (reply, []) } } }
        guard case .staged(let begin) = page.action else { throw Site.nothing }
        let work = try begin(visit, snapshot)
        return Staged {
            let finish = try work()
            return { tx in try finish(visit, tx) }
        }
    }

    /// The page that says why not. `wants`: a program that asked for a part gets the sentence alone.
    public func refusal(_ error: NodeError, _ request: WebRequest, _ surroundings: Surroundings) throws -> WebReply {
        let visit = Visit(
            request: request, surroundings: surroundings, visitor: nil, language: Site.language(request), path: [:])
        var context = frame.bare(visit, title: visit.say("办不了", "Not possible"))
        context["heading"] = Site.heading(error, visit)
        context["text"] = visit.say(error.message)
        context["code"] = error.code.rawValue
        context["links"] = [
            ["label": visit.say("返回工作台", "Back to my work"), "href": request.path.hasPrefix("/p") ? "/p" : "/"]
        ]
        return try frame.page("problem", context, status: error.code.status)
    }

    private static func heading(_ error: NodeError, _ visit: Visit) -> String {
        switch error.code.status {
        case 404: visit.say("没有这个页面或内容", "There is no such page or content")
        case 403, 401: visit.say("没有权限", "Not allowed")
        case 500...: visit.say("系统暂时不能办理", "The system cannot do this now")
        default: visit.say("没有办成", "That was not done")
        }
    }

    private static let nothing = NodeError(.notFound, "没有这个页面", "there is no such page")

    // MARK: Who asks for what

    private func find(_ request: WebRequest) -> (page: Page, path: [String: String])? {
        let segments = request.path.split(separator: "/").map(String.init)
        for page in pages where page.method == request.method {
            if let values = page.match(segments) { return (page, values) }
        }
        return nil
    }

    private func visit(_ request: WebRequest, _ surroundings: Surroundings, in snapshot: borrowing Snapshot) throws -> (
        Page, Visit
    )? {
        guard let (page, path) = find(request) else { return nil }
        let visitor = try Visitor(request, in: snapshot)
        return (
            page,
            Visit(
                request: request, surroundings: surroundings, visitor: visitor, language: Site.language(request), path: path)
        )
    }

    static func language(_ request: WebRequest) -> Language {
        Language(rawValue: request.cookies["language"] ?? "") ?? .chinese
    }

    /// What stands between a visitor and a page: signing in, the token of the form, the right.
    private func stop(_ page: Page, _ visit: Visit) throws -> WebReply? {
        if visit.request.isWriting { try visit.checkOrigin() }
        switch page.needs {
        case .open: break
        case .signedIn, .right, .session:
            guard let visitor = visit.visitor else {
                let back = visit.request.isWriting ? "" : "?back=\(Form.encoded(visit.request.link))"
                return .see("/sign-in" + back)
            }
            if let step = visitor.nextStep, page.path != step, page.side != .both { return .see(step) }
            if page.side == .console, visitor.isOutside { return .see("/p") }
            if page.side == .portal, !visitor.isOutside { return .see("/") }
        }
        if visit.request.isWriting, let visitor = visit.visitor { try visit.checkToken(visitor.csrf) }
        let level = visit.surroundings.engine?.identity.level
        if let refusal = page.needs.refusal(
            of: visit.visitor?.principal, visit.surroundings.charter.permissions, at: level, kind: nil)
        {
            throw refusal
        }
        return nil
    }
}
