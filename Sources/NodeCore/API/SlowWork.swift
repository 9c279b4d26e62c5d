/// The slow step of an endpoint, between what it read and what it writes. Gets 16 random bytes; gives the write.
public struct SlowWork: Sendable {
    public typealias Write = @Sendable (borrowing Transaction) throws -> (Reply, [Effect])

    let work: @Sendable ([UInt8]) throws -> Write

    init(_ work: @escaping @Sendable ([UInt8]) throws -> Write) { self.work = work }
}
