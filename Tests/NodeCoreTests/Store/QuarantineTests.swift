import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct QuarantineTests {
    private let peer = NodeID(words: [5, 5])

    @Test func `a peer that repeats itself raises a counter and adds no row`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        for time in 0..<5 {
            try store.write(Fixtures.moment(Fixtures.noon + Int64(time))) { tx in
                try Inquiry.refuse(
                    ProtocolError(.badSignature, "wrong"), from: peer, subject: "changeset of 12 bytes", in: tx)
            }
        }
        try store.write(Fixtures.moment()) { tx in
            try Inquiry.refuse(ProtocolError(.position, "gap"), from: peer, subject: "changeset of 12 bytes", in: tx)
        }
        let rows = try store.read { try Inquiry(Fixtures.charter).quarantine(limit: 10, in: $0) }
        #expect(rows.map(\.code) == ["position", "bad-signature"] && rows.map(\.times) == [1, 5])
        #expect(rows[1].milliseconds == Fixtures.noon + 4)
        let counts = try store.read { try Inquiry(Fixtures.charter).quarantineCounts(in: $0) }
        #expect(counts.map(\.code) == ["bad-signature", "position"] && counts.map(\.count) == [5, 1])
    }

    @Test func `a peer that goes on sending rubbish fills no disk`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        try store.write(Fixtures.moment()) { tx in
            for number in 0..<NodeLimits.quarantineRows + 20 {
                try Inquiry.refuse(ProtocolError(.malformed, "rubbish"), from: peer, subject: "changeset \(number)", in: tx)
            }
        }
        let rows = try store.read { try Inquiry(Fixtures.charter).quarantine(limit: 20_000, in: $0) }
        #expect(rows.count == NodeLimits.quarantineRows)
        #expect(rows.first?.subject == "changeset \(NodeLimits.quarantineRows + 19)" && rows.last?.subject == "changeset 20")
    }
}
