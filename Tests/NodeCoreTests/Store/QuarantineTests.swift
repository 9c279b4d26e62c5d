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

    @Test func `a peer that goes on sending rubbish fills no disk, and pushes out no other peer's rows`() throws {
        let store = try Store(inMemory: Fixtures.charter)
        let (other, most) = (NodeID(words: [6, 6]), NodeLimits.quarantineRowsPerPeer)
        try store.write(Fixtures.moment()) { tx in
            try Inquiry.refuse(ProtocolError(.fork, "two seals"), from: other, subject: "seal 1", in: tx)
            for number in 0..<most + 20 {
                try Inquiry.refuse(ProtocolError(.malformed, "rubbish"), from: peer, subject: "changeset \(number)", in: tx)
            }
        }
        let rows = try store.read { try Inquiry(Fixtures.charter).quarantine(limit: 20_000, in: $0) }
        #expect(rows.count == most + 1)
        #expect(rows.first?.subject == "changeset \(most + 19)" && rows[most - 1].subject == "changeset 20")
        #expect(rows.last?.peer == other)
        // What has left is counted still.
        let counts = try store.read { try Inquiry(Fixtures.charter).quarantineCounts(in: $0) }
        #expect(counts.map(\.code) == ["fork", "malformed"] && counts.map(\.count) == [1, most + 20])
    }
}
