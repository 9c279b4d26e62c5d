/// One row of the declared table of rights: these roles, at nodes of these levels, may do these things in this area.
public struct Permission: Sendable, Hashable {
    public let roles: [Role]
    public let levels: [Level]
    public let area: Area
    public let actions: [Action]

    public init(_ roles: [Role], at levels: [Level] = Level.allCases, _ area: Area, _ actions: [Action]) {
        self.roles = roles
        self.levels = levels
        self.area = area
        self.actions = actions
    }
}

/// The whole table of rights of a program. What no row allows is refused.
public struct Permissions: Sendable {
    public let rows: [Permission]

    /// One right of one role.
    public struct Cell: Sendable, Hashable {
        public let role: Role
        public let level: Level
        public let area: Area
        public let action: Action

        public init(_ role: Role, _ level: Level, _ area: Area, _ action: Action) {
            self.role = role
            self.level = level
            self.area = area
            self.action = action
        }
    }

    private let allowed: Set<Cell>

    public init(_ rows: [Permission]) {
        self.rows = rows
        var allowed = Set<Cell>()
        for row in rows {
            for role in row.roles {
                for level in row.levels {
                    for action in row.actions { allowed.insert(Cell(role, level, row.area, action)) }
                }
            }
        }
        self.allowed = allowed
    }

    /// Every area that a row speaks of, in the order of the table.
    public var areas: [Area] {
        var seen = Set<Area>()
        return rows.map(\.area).filter { seen.insert($0).inserted }
    }

    /// Every right there is: roles in their order, then levels, areas and actions.
    public var cells: [Cell] {
        var cells = [Cell]()
        for role in Role.allCases {
            for level in Level.allCases {
                for area in areas {
                    cells += Action.allCases.map { Cell(role, level, area, $0) }.filter { allowed.contains($0) }
                }
            }
        }
        return cells
    }

    public func allows(_ role: Role, _ action: Action, _ area: Area, at level: Level) -> Bool {
        allowed.contains(Cell(role, level, area, action))
    }

    /// Whether `principal` may do this at a node of this level; about which homes' records is another question (`scope`).
    public func allows(_ principal: Principal, _ action: Action, _ area: Area, at level: Level) -> Bool {
        principal.isOperator || principal.grants.contains { allows($0.role, action, area, at: level) }
    }

    /// About whose records `principal` may do this.
    public func scope(_ principal: Principal, _ action: Action, _ area: Area, at level: Level) -> Scope {
        if principal.isOperator { return .everything }
        var scopes = [String]()
        for grant in principal.grants where allows(grant.role, action, area, at: level) {
            guard let scope = grant.scope else { return .everything }
            if !scopes.contains(scope) { scopes.append(scope) }
        }
        return scopes.isEmpty ? .nothing : .below(scopes.sorted())
    }
}

/// Which homes' records somebody may see or handle.
public enum Scope: Sendable, Hashable {
    case nothing
    /// What this node holds.
    case everything
    /// Records of these seats and of those below them.
    case below([String])

    public func contains(_ home: String, in tree: NodeTree) -> Bool {
        switch self {
        case .nothing: false
        case .everything: true
        case .below(let seats): seats.contains { $0 == home || tree.isBelow(home, $0) }
        }
    }
}
