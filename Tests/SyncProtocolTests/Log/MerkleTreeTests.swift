import Testing

@testable import SyncProtocol

@Suite struct MerkleTreeTests {
    /// The leaves and roots by which implementations of RFC 9162 are compared (from Certificate Transparency).
    static let inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    func leaves(_ count: Int) -> [Digest] {
        (0..<count).map { DigestBuilder.digest(.leaf, [UInt8($0 & 0xFF), UInt8($0 >> 8)]) }
    }

    @Test(arguments: 1...8) func `known roots are met`(_ count: Int) throws {
        let leaves = try MerkleTreeTests.inputs.prefix(count).map { DigestBuilder.digest(.leaf, try hex($0)[...]) }
        #expect(MerkleTree.root(leaves).description == MerkleTreeTests.roots[count - 1])
    }

    @Test func `the proof of one leaf is its audit path, ordered left to right`() {
        let leaves = leaves(7)
        let left = MerkleTree.node(MerkleTree.node(leaves[0], leaves[1]), MerkleTree.node(leaves[2], leaves[3]))
        #expect(MerkleTree.proof(leaves, present: [4]) == [left, leaves[5], leaves[6]])
        #expect(MerkleTree.proof(leaves, present: [6]) == [left, MerkleTree.node(leaves[4], leaves[5])])
        #expect(MerkleTree.proof(leaves, present: Array(0..<7)) == [])
    }

    func subset(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        let share = Int.random(in: 1...10, using: &random)
        let chosen = (0..<count).filter { _ in Int.random(in: 0..<10, using: &random) < share }
        return chosen.isEmpty ? [Int.random(in: 0..<count, using: &random)] : chosen
    }

    func verifies(_ root: Digest, _ count: Int, _ indexes: [Int], _ leaves: [Digest], _ proof: [Digest]) -> Bool {
        let present = zip(indexes, leaves).map { (index: $0, leaf: $1) }
        do {
            return try MerkleTree.root(count: count, present: present, proof: proof) == root
        } catch {
            return false
        }
    }

    @Test(arguments: 1...70) func `any subset is proved, and nothing near it`(_ count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let all = leaves(count), root = MerkleTree.root(all)
        let other = DigestBuilder.digest(.leaf, Array("other".utf8)[...])
        for _ in 0..<4 {
            let indexes = subset(count, &random)
            let shown = indexes.map { all[$0] }
            let proof = MerkleTree.proof(all, present: indexes)
            #expect(verifies(root, count, indexes, shown, proof))
            #expect(proof.count <= Limits.proofHashes)
            for place in shown.indices {
                var changed = shown
                changed[place] = other
                #expect(!verifies(root, count, indexes, changed, proof))
            }
            for place in proof.indices {
                var changed = proof
                changed[place] = other
                #expect(!verifies(root, count, indexes, shown, changed))
                changed.remove(at: place)
                #expect(!verifies(root, count, indexes, shown, changed))
            }
            for place in 0...proof.count {
                var longer = proof
                longer.insert(other, at: place)
                #expect(!verifies(root, count, indexes, shown, longer))
            }
            let moved = indexes.map { $0 + 1 }
            #expect(!verifies(root, count, moved, shown, proof))
            if shown.count > 1 { #expect(!verifies(root, count, indexes, shown.reversed(), proof)) }
        }
    }

    @Test func `a proof of nothing and an index outside the tree are refused`() {
        let all = leaves(4)
        expectRefusal(.proofMismatch) { _ = try MerkleTree.root(count: 4, present: [], proof: [MerkleTree.root(all)]) }
        expectRefusal(.proofMismatch) { _ = try MerkleTree.root(count: 4, present: [(index: 4, leaf: all[0])], proof: all) }
    }

    @Test func `an inner node cannot stand for a leaf`() {
        let all = leaves(4)
        let pairs = [MerkleTree.node(all[0], all[1]), MerkleTree.node(all[2], all[3])]
        #expect(MerkleTree.root(pairs) == MerkleTree.root(all))
        #expect(!verifies(MerkleTree.root(all), 4, [0, 1], pairs, []))
    }
}
