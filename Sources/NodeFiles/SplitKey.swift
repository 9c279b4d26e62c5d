internal import NodeCore
internal import SyncProtocol

/// A secret in `count` parts of which any `needed` give it back, and fewer say nothing about it. Replicated sharing
/// (Ito, Saito and Nishizeki, 1987): the secret is the exclusive or of one random piece for each set of `needed - 1`
/// holders, and everybody has all pieces but those of the sets that hold him. No field arithmetic, so anyone can
/// check it with pen and paper.
public struct SplitKey: Sendable {
    public struct Part: Sendable, Hashable {
        /// 1 to `count`.
        public let holder: Int
        public let needed: Int
        public let count: Int
        /// By the holders who lack them, ascending.
        public let pieces: [[Int]: [UInt8]]

        public init(holder: Int, needed: Int, count: Int, pieces: [[Int]: [UInt8]]) {
            self.holder = holder
            self.needed = needed
            self.count = count
            self.pieces = pieces
        }
    }

    /// At most ten pieces a part.
    public static let holdersMax = 5

    public static func split(_ secret: [UInt8], needed: Int, count: Int, entropy: (Int) -> [UInt8]) throws -> [Part] {
        guard (1...holdersMax).contains(count), (1...count).contains(needed) else {
            throw NodeError(
                .badRequest, "根密钥最多分成 \(holdersMax) 份，所需份数不超过总份数",
                "a root key is split into at most \(holdersMax) parts, and no more are needed than there are")
        }
        let sets = subsets(of: Array(1...count), size: needed - 1)
        var pieces = [[Int]: [UInt8]]()
        var last = secret
        for set in sets.dropLast() {
            let piece = entropy(secret.count)
            pieces[set] = piece
            last = zip(last, piece).map { $0 ^ $1 }
        }
        if let set = sets.last { pieces[set] = last }
        return (1...count).map { holder in
            Part(
                holder: holder, needed: needed, count: count, pieces: pieces.filter { !$0.key.contains(holder) })
        }
    }

    public static func join(_ parts: [Part]) throws -> [UInt8] {
        guard let first = parts.first, parts.allSatisfy({ ($0.needed, $0.count) == (first.needed, first.count) }),
            Set(parts.map(\.holder)).count >= first.needed, (1...holdersMax).contains(first.count),
            (1...first.count).contains(first.needed)
        else { throw NodeError(.badRequest, "根密钥的份数不够，或不属于同一把密钥", "too few parts, or parts of different keys") }
        var pieces = [[Int]: [UInt8]]()
        for part in parts { pieces.merge(part.pieces) { known, _ in known } }
        var secret = [UInt8]()
        for set in subsets(of: Array(1...first.count), size: first.needed - 1) {
            guard let piece = pieces[set], secret.isEmpty || piece.count == secret.count else {
                throw NodeError(.badRequest, "根密钥的份已损坏", "a part of the root key is damaged")
            }
            secret = secret.isEmpty ? piece : zip(secret, piece).map { $0 ^ $1 }
        }
        return secret
    }

    private static func subsets(of items: [Int], size: Int) -> [[Int]] {
        if size == 0 { return [[]] }
        guard let first = items.first else { return [] }
        let rest = Array(items.dropFirst())
        return subsets(of: rest, size: size - 1).map { [first] + $0 } + subsets(of: rest, size: size)
    }
}
