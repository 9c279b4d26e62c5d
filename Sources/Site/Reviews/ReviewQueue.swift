internal import BusinessModules
internal import NodeCore

/// What waits for this level's decision, the longest waiting first.
struct ReviewQueue: Sendable {
    let pages: RecordPages

    private var area: Area { Area(pages.kind.code) }

    func conditions(_ visit: Visit) throws -> [RecordSearch.Condition] {
        [.pending(try visit.level())] + (try visit.scope(.review, area).map { [$0] } ?? [])
    }

    func count(_ visit: Visit, _ snapshot: borrowing Snapshot) throws -> Int {
        guard visit.surroundings.engine != nil else { return 0 }
        return try Inquiry(visit.surroundings.charter).count(pages.kind, conditions(visit), in: snapshot)
    }

    /// Numbers rise with time, so the order of keys within a home is that of waiting.
    func items(_ visit: Visit, limit: Int, offset: Int = 0, _ snapshot: borrowing Snapshot) throws -> Inquiry.Found {
        var search = RecordSearch()
        search.conditions = try conditions(visit)
        search.limit = limit
        search.offset = offset
        return try Inquiry(visit.surroundings.charter).search(pages.kind, search, in: snapshot)
    }
}
