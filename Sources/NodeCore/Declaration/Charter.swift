/// What this node can keep, and where each of it goes: all record kinds, by number and by code; who may do what with it;
/// what its parameters are, and which code tables levels below the nation may add to.
public struct Charter: Sendable {
    public let kinds: [RecordKind]
    /// The whole table of rights: the node's own rows, and those of the modules.
    public let permissions: Permissions
    public let parameters: ParameterCatalogue
    /// Code tables that a province or city may extend for its own subtree (QG.7).
    public let extensible: Set<String>

    /// Traps when two declarations contradict each other: that is a mistake in this program, found by its first test.
    public init(
        _ kinds: [RecordKind], permissions rows: [Permission] = [], parameters: [ParameterKey] = [],
        extensible: Set<String> = []
    ) {
        self.kinds = kinds
        permissions = Permissions(NodePermissions.rows + rows)
        self.parameters = ParameterCatalogue(parameters)
        self.extensible = extensible
        let codes = Set(kinds.map(\.code))
        precondition(rows.allSatisfy { codes.contains($0.area.code) }, "a right in an area that is none")
        precondition(Set(kinds.map(\.number)).count == kinds.count && Set(kinds.map(\.code)).count == kinds.count)
        for kind in kinds {
            Charter.check(kind.fields, kind.code)
            for list in kind.lists { Charter.check(list.fields, list.code) }
            precondition(kind.lists.allSatisfy { $0.tag >= 1000 } && Set(kind.lists.map(\.tag)).count == kind.lists.count)
        }
    }

    public func kind(number: UInt64) -> RecordKind? { kinds.first { $0.number == number } }
    public func kind(code: String) -> RecordKind? { kinds.first { $0.code == code } }

    private static func check(_ fields: [FieldDefinition], _ name: String) {
        precondition(Set(fields.map(\.code)).count == fields.count, "a field code twice in \(name)")
        precondition(Set(fields.map(\.tag)).count == fields.count, "a field tag twice in \(name)")
        precondition(fields.allSatisfy { (1...95).contains($0.tag) }, "a tag outside 1 to 95 in \(name)")
        precondition(fields.allSatisfy { ($0.mark == .banded) == ($0.banding != nil) }, "a band without its mark in \(name)")
    }
}
