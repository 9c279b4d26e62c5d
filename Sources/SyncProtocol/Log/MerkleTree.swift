/// The Merkle tree hash of RFC 9162 section 2.1 over leaves that are digests already, and proofs for any subset of them.
public enum MerkleTree {
    public static func root(_ leaves: [Digest], suite: Suite = .international) -> Digest {
        precondition(!leaves.isEmpty)
        return root(leaves[...], suite)
    }

    private static func root(_ leaves: ArraySlice<Digest>, _ suite: Suite) -> Digest {
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        let middle = leaves.startIndex + split(leaves.count)
        return node(root(leaves[leaves.startIndex..<middle], suite), root(leaves[middle..<leaves.endIndex], suite), suite)
    }

    static func node(_ left: Digest, _ right: Digest, _ suite: Suite = .international) -> Digest {
        var builder = DigestBuilder(.node, suite)
        builder.append(left)
        builder.append(right)
        return builder.finish()
    }

    /// The largest power of two below `count`, which is at least 2.
    static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The hashes of the maximal subtrees that hold none of `present`, left to right. `present`: ascending leaf indexes.
    public static func proof(_ leaves: [Digest], present: [Int], suite: Suite = .international) -> [Digest] {
        var proof = [Digest]()
        collect(leaves[...], present[...], suite, &proof)
        return proof
    }

    private static func collect(
        _ leaves: ArraySlice<Digest>, _ present: ArraySlice<Int>, _ suite: Suite, _ proof: inout [Digest]
    ) {
        if present.isEmpty { return proof.append(root(leaves, suite)) }
        if leaves.count == 1 { return }
        let middle = leaves.startIndex + split(leaves.count)
        let cut = present.firstIndex { $0 >= middle } ?? present.endIndex
        collect(leaves[leaves.startIndex..<middle], present[present.startIndex..<cut], suite, &proof)
        collect(leaves[middle..<leaves.endIndex], present[cut..<present.endIndex], suite, &proof)
    }

    /// The root that `present` (ascending index and digest) and `proof` give for a tree of `count` leaves.
    /// Refuses a proof with a hash too few or too many, so that there is one form only.
    public static func root(
        count: Int, present: [(index: Int, leaf: Digest)], proof: [Digest], suite: Suite = .international
    ) throws -> Digest {
        guard !present.isEmpty, let last = present.last, last.index < count else {
            throw ProtocolError(.proofMismatch, "the proof shows no entry of the seal")
        }
        var rest = proof[...]
        let root = try rebuild(0..<count, present[...], suite, &rest)
        guard rest.isEmpty else { throw ProtocolError(.proofMismatch, "the proof has hashes left over") }
        return root
    }

    private static func rebuild(
        _ range: Range<Int>, _ present: ArraySlice<(index: Int, leaf: Digest)>, _ suite: Suite,
        _ proof: inout ArraySlice<Digest>
    ) throws -> Digest {
        guard let first = present.first else {
            guard let hash = proof.popFirst() else { throw ProtocolError(.proofMismatch, "the proof lacks a hash") }
            return hash
        }
        if range.count == 1 { return first.leaf }
        let middle = range.lowerBound + split(range.count)
        let cut = present.firstIndex { $0.index >= middle } ?? present.endIndex
        let left = try rebuild(range.lowerBound..<middle, present[present.startIndex..<cut], suite, &proof)
        let right = try rebuild(middle..<range.upperBound, present[cut..<present.endIndex], suite, &proof)
        return node(left, right, suite)
    }
}
