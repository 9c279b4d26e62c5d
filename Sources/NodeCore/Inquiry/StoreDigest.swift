internal import SyncProtocol

/// One digest over what a node knows: for each record its number, version, standing, state and content. Two nodes, or one
/// node before and after a rebuild, agree when the digests do. Identifiers drawn at random have no part in it.
public enum StoreDigest {
    /// 64 hexadecimal digits.
    public static func make(_ charter: Charter, in snapshot: borrowing Snapshot) throws -> String {
        var builder = DigestBuilder()
        let inquiry = snapshot.inquiry
        try snapshot.records.forEach { record in
            guard let kind = charter.kind(number: record.kind) else { return }
            let head = CanonicalValue.array([
                .text(kind.code), .text(record.homeSeat), .text(record.key), .integer(Int64(clamping: record.version)),
                .text(record.standing.name), .integer(Int64(record.standing.pendingLevel?.rawValue ?? -1)),
                .text(record.status),
            ])
            builder.append(head.encoded)
            builder.append(try inquiry.content(kind, id: record.id))
        }
        return builder.finish().description
    }
}
