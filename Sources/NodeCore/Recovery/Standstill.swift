/// A node whose database may be an old copy, or one of two, reads and does not write: whatever it said under its present
/// life might contradict what it said already.
public enum Standstill {
    private static let key = "standstill"

    public static func set(_ reason: Label, in tx: borrowing Transaction) throws {
        try tx.meta.set(key, (reason.zh + "\n" + reason.en).utf8)
    }

    static func clear(in tx: borrowing Transaction) throws { try tx.meta.remove(key) }

    /// Why the node stands still; nil while it works.
    public static func reason(in snapshot: borrowing Snapshot) throws -> Label? {
        guard let text = try snapshot.meta.text(key) else { return nil }
        let parts = text.split(separator: "\n", maxSplits: 1).map(String.init)
        return Label(parts.first ?? "", parts.last ?? "")
    }

    public static func refusal(_ reason: Label) -> NodeError {
        NodeError(
            .recoverFirst, "本节点已停止写入（\(reason.zh)）：请先核实，再运行 nodectl recover",
            "this node does not write any more (\(reason.en)): find out which copy is right, then run nodectl recover"
                + " there")
    }
}
