internal import Synchronization

/// Counters in Prometheus text form. Written by hand: the exposition format is three lines a metric (decision 005).
final class Metrics: Sendable {
    private struct Key: Hashable, Comparable {
        let name: String
        let labels: String
        static func < (left: Key, right: Key) -> Bool { (left.name, left.labels) < (right.name, right.labels) }
    }

    private let counters = Mutex<[Key: Int]>([:])

    func add(_ name: String, labels: [String: String] = [:], by count: Int = 1) {
        let key = Key(name: name, labels: Metrics.text(labels))
        counters.withLock { $0[key, default: 0] += count }
    }

    /// All counters and the given gauges.
    func exposition(gauges: [(name: String, labels: [String: String], value: Int)]) -> String {
        var lines = [String]()
        var last = ""
        for (key, value) in counters.withLock({ $0.sorted { $0.key < $1.key } }) {
            if key.name != last { lines.append("# TYPE \(key.name) counter") }
            last = key.name
            lines.append("\(key.name)\(key.labels) \(value)")
        }
        for gauge in gauges {
            if gauge.name != last { lines.append("# TYPE \(gauge.name) gauge") }
            last = gauge.name
            lines.append("\(gauge.name)\(Metrics.text(gauge.labels)) \(gauge.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ labels: [String: String]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",") + "}"
    }
}
