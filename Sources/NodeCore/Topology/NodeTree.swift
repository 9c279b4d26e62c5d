/// The four levels of the union tree; a smaller number stands higher.
public enum Level: Int, Sendable, Hashable, Comparable, CaseIterable {
    case national = 0
    case province = 1
    case city = 2
    case county = 3

    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    public var label: Label {
        switch self {
        case .national: Label("全国", "national")
        case .province: Label("省级", "province")
        case .city: Label("市级", "city")
        case .county: Label("县级", "county")
        }
    }

    public init?(name: String) {
        guard let level = Level.allCases.first(where: { $0.label.en == name }) else { return nil }
        self = level
    }
}

/// A place in the tree as the topology states it.
public struct TreeSeat: Sendable, Hashable {
    public let code: String
    public let name: String
    public let level: Level
    /// Nil for the national seat.
    public let parent: String?
    /// Host and port of the sync listener.
    public let address: String
    /// The seats that review this one's records, nearest first: ancestors, collective seats left out.
    public let reviewChain: [String]
    /// A collective seat (110100 ...) only relays.
    public let isRelay: Bool

    public init(
        code: String, name: String, level: Level, parent: String?, address: String, reviewChain: [String], isRelay: Bool
    ) {
        self.code = code
        self.name = name
        self.level = level
        self.parent = parent
        self.address = address
        self.reviewChain = reviewChain
        self.isRelay = isRelay
    }
}

/// Who is whose parent, and which levels review what comes from a seat.
public struct NodeTree: Sendable {
    public let seats: [TreeSeat]
    private let byCode: [String: TreeSeat]

    public init(_ seats: [TreeSeat]) {
        self.seats = seats
        byCode = Dictionary(seats.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func seat(_ code: String) -> TreeSeat? { byCode[code] }

    /// From the seat upward to the national one, itself included.
    public func path(from code: String) -> [TreeSeat] {
        var path = [TreeSeat]()
        var next = byCode[code]
        while let seat = next, path.count < 10 {
            path.append(seat)
            next = seat.parent.flatMap { byCode[$0] }
        }
        return path
    }

    public func isBelow(_ code: String, _ ancestor: String) -> Bool {
        path(from: code).dropFirst().contains { $0.code == ancestor }
    }

    /// The highest level that reviews a record of `home` which `required` must decide: the home's own when it stands
    /// high enough, else the nearest reviewing seat at or above that level.
    public func ceiling(home: String, required: Level) -> Level? {
        guard let seat = byCode[home] else { return nil }
        if seat.level <= required { return seat.level }
        let reviewers = seat.reviewChain.compactMap { byCode[$0] }
        return reviewers.first { $0.level <= required }?.level ?? reviewers.last?.level ?? seat.level
    }

    /// The levels that decide one after another about a record of `home`, nearest first; empty when the home decides.
    public func reviewLevels(home: String, ceiling: Level) -> [Level] {
        guard let seat = byCode[home], ceiling < seat.level else { return [] }
        return seat.reviewChain.compactMap { byCode[$0]?.level }.filter { $0 >= ceiling }
    }
}
