import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@Suite struct SplitKeyTests {
    private static func entropy(_ seed: UInt64) -> (Int) -> [UInt8] {
        var state = seed
        return { count in
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
        }
    }

    private static let secret = [UInt8](0..<32)

    @Test func `any parts that are enough give the secret back, and fewer do not`() throws {
        for count in 1...5 {
            for needed in 1...count {
                let parts = try SplitKey.split(
                    Self.secret, needed: needed, count: count, entropy: Self.entropy(UInt64(count * 10 + needed)))
                for mask in 1..<(1 << count) {
                    let chosen = parts.filter { mask & (1 << ($0.holder - 1)) != 0 }
                    if chosen.count >= needed {
                        #expect(try SplitKey.join(chosen) == Self.secret)
                    } else {
                        #expect(throws: NodeError(.badRequest, "", "")) { try SplitKey.join(chosen) }
                    }
                }
            }
        }
    }

    /// One short of enough lacks a piece that is random and independent of the secret: every secret is as likely.
    @Test func `parts that are too few lack a whole piece`() throws {
        let parts = try SplitKey.split(Self.secret, needed: 3, count: 5, entropy: Self.entropy(7))
        let all = Set(parts.flatMap(\.pieces.keys))
        for first in parts {
            for second in parts where second.holder != first.holder {
                #expect(Set(first.pieces.keys).union(second.pieces.keys) != all)
            }
        }
    }

    @Test func `parts of different keys and impossible numbers are refused`() throws {
        let one = try SplitKey.split(Self.secret, needed: 2, count: 3, entropy: Self.entropy(1))
        let other = try SplitKey.split(Self.secret, needed: 3, count: 3, entropy: Self.entropy(2))
        #expect(throws: NodeError(.badRequest, "", "")) { try SplitKey.join([one[0], other[1]]) }
        for (needed, count) in [(0, 3), (4, 3), (1, 6), (0, 0)] {
            #expect(throws: NodeError(.badRequest, "", "")) {
                try SplitKey.split(Self.secret, needed: needed, count: count, entropy: Self.entropy(3))
            }
        }
    }

    @Test func `a root key comes back from its files, and from no others`() throws {
        for suite in Suite.allCases {
            let made = try RootParts.make(suite, needed: 2, count: 3, entropy: Self.entropy(11))
            let texts = made.files.map { [UInt8]($0.text.utf8) }
            #expect(made.files.map(\.name) == ["root-1.json", "root-2.json", "root-3.json"])
            #expect(try RootParts.join([texts[2], texts[0]]).publicKey == made.key.publicKey)
            #expect(throws: NodeError(.badRequest, "", "")) { try RootParts.join([texts[1]]) }
            #expect(throws: NodeError(.badRequest, "", "")) { try RootParts.join([texts[0], Array("{}".utf8)]) }
            let stranger = try RootParts.make(suite, needed: 2, count: 3, entropy: Self.entropy(12)).files[1].text
            #expect(throws: NodeError(.badRequest, "", "")) { try RootParts.join([texts[0], [UInt8](stranger.utf8)]) }
        }
    }
}
