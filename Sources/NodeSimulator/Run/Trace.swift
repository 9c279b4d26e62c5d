internal import SyncProtocol

/// What happened, line by line. The digest chains over all lines and is the same in every process that plays the seed.
struct Trace {
    private var chain = Digest(words: [0, 0, 0, 0])
    private(set) var lines: [String] = []
    private(set) var count = 0
    /// Lines kept for people; the digest covers all.
    private let limit: Int

    init(keeping limit: Int) { self.limit = limit }

    mutating func note(_ line: String) {
        count += 1
        var builder = DigestBuilder()
        builder.append(chain)
        builder.append(Array(line.utf8))
        chain = builder.finish()
        guard limit > 0 else { return }
        if lines.count >= 2 * limit { lines.removeFirst(lines.count - limit) }
        lines.append(line)
    }

    var digest: String { chain.description }
}
