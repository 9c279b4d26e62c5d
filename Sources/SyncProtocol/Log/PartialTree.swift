/// What is known of a seal's tree from one or several excerpts: enough to prove any of their entries again.
public struct PartialTree: Sendable {
    private let count: Int
    private let suite: Suite
    private var known: [Range<Int>: Digest] = [:]

    public init(count: Int, suite: Suite = .international) {
        self.count = count
        self.suite = suite
    }

    /// Of the entries under `seal`, with its suite.
    public init(of seal: Seal) { self.init(count: seal.count, suite: seal.suite) }

    /// Takes in an excerpt that was verified: its leaves (ascending) and its proof.
    public mutating func insert(_ present: [(index: Int, leaf: Digest)], proof: [Digest]) {
        var rest = proof[...]
        insert(0..<count, present[...], &rest)
    }

    private mutating func insert(
        _ range: Range<Int>, _ present: ArraySlice<(index: Int, leaf: Digest)>, _ proof: inout ArraySlice<Digest>
    ) {
        guard let first = present.first else {
            if let hash = proof.popFirst() { known[range] = hash }
            return
        }
        if range.count == 1 { return known[range] = first.leaf }
        let middle = range.lowerBound + MerkleTree.split(range.count)
        let cut = present.firstIndex { $0.index >= middle } ?? present.endIndex
        insert(range.lowerBound..<middle, present[present.startIndex..<cut], &proof)
        insert(middle..<range.upperBound, present[cut..<present.endIndex], &proof)
    }

    /// The proof for `present` (ascending); nil when a hash of it is not known.
    public func proof(present: [Int]) -> [Digest]? {
        var proof = [Digest]()
        return collect(0..<count, present[...], &proof) ? proof : nil
    }

    private func collect(_ range: Range<Int>, _ present: ArraySlice<Int>, _ proof: inout [Digest]) -> Bool {
        if present.isEmpty {
            guard let hash = hash(range) else { return false }
            proof.append(hash)
            return true
        }
        if range.count == 1 { return true }
        let middle = range.lowerBound + MerkleTree.split(range.count)
        let cut = present.firstIndex { $0 >= middle } ?? present.endIndex
        return collect(range.lowerBound..<middle, present[present.startIndex..<cut], &proof)
            && collect(middle..<range.upperBound, present[cut..<present.endIndex], &proof)
    }

    private func hash(_ range: Range<Int>) -> Digest? {
        if let hash = known[range] { return hash }
        guard range.count > 1 else { return nil }
        let middle = range.lowerBound + MerkleTree.split(range.count)
        guard let left = hash(range.lowerBound..<middle), let right = hash(middle..<range.upperBound) else { return nil }
        return MerkleTree.node(left, right, suite)
    }
}
