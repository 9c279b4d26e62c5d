internal import SyncProtocol

/// `array of array(2): log id, next position`: the channels that a parent holds.
enum ChannelList {
    private static let countMax = 1_024

    static func encode(_ channels: [(log: LogID, next: UInt64)]) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.array(channels.count)
        for channel in channels {
            writer.array(2)
            channel.log.write(to: &writer)
            writer.unsigned(channel.next)
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws -> [(log: LogID, next: UInt64)] {
        var reader = CanonicalReader(bytes)
        let channels = try (0..<(try reader.array(atMost: countMax))).map { _ in
            try reader.array(exactly: 2)
            return (log: try LogID(from: &reader), next: try reader.unsigned())
        }
        try reader.expectEnd()
        return channels
    }
}

/// `array of bstr`: statements in an order in which they can be admitted.
enum StatementList {
    private static let countMax = 20_000

    static func encode(_ statements: [TrustStatement]) -> [UInt8] {
        CanonicalValue.array(statements.map { .bytes($0.message.encoded) }).encoded
    }

    static func decode(_ bytes: [UInt8]) throws -> [TrustStatement] {
        var reader = CanonicalReader(bytes)
        let count = try reader.array(atMost: countMax)
        let statements = try (0..<count).map { _ in try TrustStatement(decoding: reader.byteString()) }
        try reader.expectEnd()
        return statements
    }
}
