internal import SyncProtocol

/// The matching of persons across provinces: the public key goes down, sealed numbers are handed to the job that has the
/// private one. Nothing here can open a number.
public enum MatchingEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "POST", "matching/key", Label("发布比对公钥", "Publish the key that ID numbers are sealed to"),
            needs: .right(.config, .matching),
            body: "{suite: 1 or 2, key: hexadecimal}", .write(publish)),
        Endpoint(
            "GET", "matching/numbers", Label("密封号码", "Sealed numbers of the newest versions"),
            needs: .right(.view, .matching),
            query: [("after", "row to go on behind")], .read(numbers)),
    ]

    @Sendable static func publish(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let suite: UInt64; let key: String }
        struct Published: Encodable { let key: String }
        let body: Body = try call.decode()
        let key: MatchingKey
        do { key = try MatchingKey(suite: Suite(number: body.suite), bytes: Hex.decode(body.key) ?? []) } catch let error
            as ProtocolError
        {
            throw NodeError(.badRequest, "公钥无效", error.reason)
        }
        let effects = try call.enrolled().handle(.publish(.matchingKey(key), by: call.actor()), in: tx)
        return (try Reply(Published(key: key.id.description), status: 201), effects)
    }

    public struct Page: Codable, Sendable {
        public let sealed: [Sealed]
        public let last: Int64?

        public struct Sealed: Codable, Sendable {
            public let record, homeSeat, salt, section: String

            /// Nil when a field is not what it should be.
            public var number: Matching.Sealed? {
                guard let record = RecordID(hex: record), let salt = Hex.decode(salt), let section = Hex.decode(section)
                else { return nil }
                return Matching.Sealed(record: record, homeSeat: homeSeat, salt: salt, section: section)
            }
        }
    }

    @Sendable static func numbers(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        _ = try call.enrolled()
        let after = call.query["after"].flatMap { Int64($0) } ?? 0
        let (sealed, last) = try Matching().page(after: after, limit: NodeLimits.recordsPerCommand, in: snapshot)
        return try Reply(
            Page(
                sealed: sealed.map {
                    Page.Sealed(
                        record: $0.record.description, homeSeat: $0.homeSeat, salt: Hex.encode($0.salt),
                        section: Hex.encode($0.section))
                }, last: last))
    }
}
