import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct ConsentLedgerTests {
    private static func entry(
        _ act: ConsentEntry.Act, _ day: String, purpose: String = "04", basis: String = "1", expires: String? = nil
    ) -> ConsentEntry {
        ConsentEntry(
            record: RecordID(words: [1, 2]), purpose: purpose, act: act, basis: basis, textVersion: "2026-1",
            givenBy: "何娜", guardian: "", method: .paper, milliseconds: Fixtures.day(day).number * 86_400_000,
            expires: expires.map { Fixtures.day($0) }, attachment: "AT1", actor: "clerk")
    }

    private func standing(_ entries: [ConsentEntry], on day: String) -> String {
        switch ConsentLedger(entries).standing("04", on: Fixtures.day(day)) {
        case .never: "never"
        case .holds: "holds"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        }
    }

    @Test func `a consent holds from its day on, until it is taken back or its time is over`() {
        let given = Self.entry(.given, "2026-03-01")
        #expect(standing([], on: "2026-06-01") == "never")
        #expect(standing([given], on: "2026-02-28") == "never" && standing([given], on: "2026-03-01") == "holds")
        let limited = Self.entry(.given, "2026-03-01", expires: "2026-05-31")
        #expect(standing([limited], on: "2026-05-31") == "holds" && standing([limited], on: "2026-06-01") == "expired")
        let taken = Self.entry(.withdrawn, "2026-04-01")
        #expect(standing([given, taken], on: "2026-03-31") == "holds")
        #expect(standing([given, taken], on: "2026-04-01") == "withdrawn")
        #expect(standing([given, taken, Self.entry(.given, "2026-05-01")], on: "2026-05-01") == "holds")
    }

    @Test func `what was said later counts, in whatever order it was written down`() {
        let (given, taken) = (Self.entry(.given, "2026-03-01"), Self.entry(.withdrawn, "2026-04-01"))
        #expect(standing([taken, given], on: "2026-06-01") == "withdrawn")
        // Said in one moment: what was written down last.
        let same = Self.entry(.withdrawn, "2026-03-01")
        #expect(standing([given, same], on: "2026-06-01") == "withdrawn")
        #expect(standing([same, given], on: "2026-06-01") == "holds")
    }

    @Test func `a withdrawal ends what rested on consent, not what rests on a duty`() {
        let duty = Self.entry(.given, "2026-03-01", basis: "3", expires: "2026-12-31")
        let taken = Self.entry(.withdrawn, "2026-04-01")
        #expect(standing([duty, taken], on: "2026-06-01") == "holds")
        #expect(!ConsentLedger([duty, taken]).stopsReports(on: Fixtures.day("2026-06-01")))
        #expect(standing([duty, taken], on: "2027-01-01") == "withdrawn")
        #expect(standing([duty], on: "2027-01-01") == "expired")
    }

    @Test func `another purpose says nothing, and only a withdrawal stops reports`() {
        let other = Self.entry(.withdrawn, "2026-04-01", purpose: "03")
        #expect(standing([other], on: "2026-06-01") == "never")
        #expect(!ConsentLedger([other]).stopsReports(on: Fixtures.day("2026-06-01")))
        #expect(!ConsentLedger([]).stopsReports(on: Fixtures.day("2026-06-01")))
        #expect(ConsentLedger([Self.entry(.withdrawn, "2026-04-01")]).stopsReports(on: Fixtures.day("2026-06-01")))
    }
}
