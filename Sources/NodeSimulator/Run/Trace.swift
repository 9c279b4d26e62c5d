internal import SyncProtocol

/// What happened, line by line. The digest over all lines is the same in every process that plays the seed.
struct Trace {
    private var builder = DigestBuilder()
    private(set) var lines: [String] = []
    private(set) var count = 0
    /// Lines kept for people; the digest covers all.
    private let limit: Int

    init(keeping limit: Int) { self.limit = limit }

    mutating func note(_ line: String) {
        count += 1
        builder.append(Array((line + "\n").utf8))
        guard limit > 0 else { return }
        if lines.count >= 2 * limit { lines.removeFirst(lines.count - limit) }
        lines.append(line)
    }

    var digest: String {
        var copy = builder
        return copy.finish().description
    }
}
