internal import NodeCore

/// On which side of the house a page is: staff and outside people never meet in one session.
enum Side: Sendable {
    case console, portal, both
}

/// One page as declared: where it is, who may ask for it, and the function that answers.
struct Page: Sendable {
    /// What is done in a transaction once the slow part is over.
    typealias Finish = @Sendable (Visit, borrowing Transaction) throws -> (WebReply, [Effect])

    enum Action: Sendable {
        case read(@Sendable (Visit, borrowing Snapshot) throws -> WebReply)
        case write(@Sendable (Visit, borrowing Transaction) throws -> (WebReply, [Effect]))
        /// Looks, then works for long outside of any transaction (a password's digest), then writes.
        case staged(@Sendable (Visit, borrowing Snapshot) throws -> @Sendable () throws -> Finish)
    }

    let method: String
    /// Parameters in braces.
    let path: String
    let needs: Need
    let side: Side
    let action: Action
    private let segments: [String]

    init(_ method: String, _ path: String, needs: Need, side: Side = .console, _ action: Action) {
        self.method = method
        self.path = path
        self.needs = needs
        self.side = side
        self.action = action
        segments = path.split(separator: "/").map(String.init)
    }

    /// The values of the braces when the path fits.
    func match(_ actual: [String]) -> [String: String]? {
        guard actual.count == segments.count else { return nil }
        var values = [String: String]()
        for (expected, found) in zip(segments, actual) {
            if expected.hasPrefix("{") {
                values[String(expected.dropFirst().dropLast())] = found
            } else if expected != found {
                return nil
            }
        }
        return values
    }
}
