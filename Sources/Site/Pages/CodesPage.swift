internal import Foundation
internal import NodeCore

/// The codes of a table that is too long to stand in a page: what fits the first letters or digits, as JSON for the field.
struct CodesPage: Sendable {
    func answer(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> WebReply {
        struct Item: Encodable { let value, label: String }
        let table = visit.path["table"] ?? ""
        let text = visit.request.query.filled("q") ?? ""
        let codes = try visit.codes()
        guard codes.has(table: table) else { throw NodeError(.notFound, "没有这个代码表", "there is no such code table") }
        let items = codes.codes(of: table).lazy
            .map { Item(value: $0.code, label: visit.say($0.label)) }
            .filter { text.isEmpty || $0.value.hasPrefix(text) || $0.label.contains(text) }
            .prefix(CodesPage.shown)
        return WebReply(200, "application/json; charset=utf-8", try JSONEncoder().encode(Array(items)))
    }

    private static let shown = 20
}

/// What a browser keeps for itself: language, large print, contrast. Cookies, since they are nobody's secret.
enum Switches {
    private static let year = 31_536_000

    static func language(_ visit: Visit) -> WebReply {
        let language = Language(rawValue: visit.path["language"] ?? "") ?? .chinese
        return kept("language", language.rawValue, visit)
    }

    /// On when it was off, and the other way.
    static func display(_ visit: Visit) -> WebReply {
        let name = visit.path["name"] ?? ""
        guard Visit.known.contains(name) else { return kept("display", visit.displays.joined(separator: "."), visit) }
        let isOn = visit.displays.contains(name)
        let displays = visit.displays.filter { $0 != name } + (isOn ? [] : [name])
        return kept("display", displays.joined(separator: "."), visit)
    }

    private static func kept(_ name: String, _ value: String, _ visit: Visit) -> WebReply {
        var reply = WebReply.see(Switches.back(visit.request.query["back"]))
        reply.headers.append(
            (name: "Set-Cookie", value: "\(name)=\(value); Path=/; Max-Age=\(year); Secure; HttpOnly; SameSite=Strict"))
        return reply
    }

    /// Only within this site: a path, never another host.
    static func back(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"),
            path.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F })
        else { return "/" }
        return path
    }
}
