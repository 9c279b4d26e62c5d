/// The data keys of this node's store.
public enum KeyEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "keys", Label("数据密钥", "The data keys of the store, without the keys"),
            needs: .right(.view, .keys), .read(keys)),
        Endpoint(
            "POST", "keys/rotations", Label("更换数据密钥", "Take new data keys into use; what is there is sealed anew meanwhile"),
            needs: .right(.config, .keys),
            .write(rotate)),
    ]

    public struct Page: Codable, Sendable {
        public let keys: [KeyRotation.Status]
    }

    @Sendable static func keys(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        try Reply(Page(keys: KeyRotation.keys(call.charter, in: snapshot)))
    }

    @Sendable static func rotate(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let charter = call.charter
        try KeyRotation.begin(charter, by: call.actor(), in: tx)
        return (try tx.withSnapshot { try Reply(Page(keys: KeyRotation.keys(charter, in: $0)), status: 202) }, [])
    }
}
