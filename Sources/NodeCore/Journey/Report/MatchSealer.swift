internal import SyncProtocol

/// Seals the ID numbers of one run of reports to the matching key: an ephemeral key for each run and each 1,024 numbers,
/// whose secret lives no longer than the run.
struct MatchSealer {
    private let key: MatchingKey?
    private var sealer: NumberSealer?

    init(in tx: borrowing Transaction) throws { key = try tx.meta.matchingKey() }

    /// Nil while no key was published, and for numbers of other documents, which are never sealed.
    mutating func seal(_ number: String, of record: RecordID, salt: [UInt8], in tx: borrowing Transaction) throws -> [UInt8]?
    {
        guard let key, let number = ResidentNumber(number) else { return nil }
        var current = try sealer ?? NumberSealer(to: key, seed: tx.moment.entropy(32))
        if current.remaining == 0 { current = try NumberSealer(to: key, seed: tx.moment.entropy(32)) }
        let sealed = try current.seal(number, of: record, salt: salt)
        sealer = current
        return sealed
    }
}
