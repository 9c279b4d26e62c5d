/// What the caller of an endpoint may see of records.
extension Call {
    /// Nil where nothing limits them; otherwise the homes whose records the caller may handle so.
    func homes(_ action: Action, _ kind: RecordKind) throws -> [String]? {
        guard let principal, let level, !principal.isOperator else { return principal == nil ? [] : nil }
        let scope = charter.permissions.scope(principal, action, Area(kind.code), at: level)
        if scope == .everything { return nil }
        let tree = try enrolled().identity.tree
        return tree.seats.map(\.code).filter { scope.contains($0, in: tree) }
    }

    func showing(_ kind: RecordKind) throws -> Showing {
        guard let principal else { throw Need.signInFirst }
        // Without a place in the tree there is nobody yet but the owner.
        return Showing(principal, kind, charter.permissions, at: level ?? .county)
    }
}
