internal import NodeCore
internal import Site

extension Node {
    func touch(_ session: SessionID) throws { try commit { try NodeCore.Sessions.touch(session, in: $0) } }

    /// What a page writes, in one transaction; a refusal takes all of it back.
    func page(_ body: @Sendable (borrowing Transaction) throws -> (WebReply, [Effect])) throws -> WebReply {
        try pressure.admit()
        if let reason = engine?.standstill { throw Standstill.refusal(reason) }
        let (reply, effects) = try commit { try body($0) }
        try perform(effects)
        return reply
    }
}
