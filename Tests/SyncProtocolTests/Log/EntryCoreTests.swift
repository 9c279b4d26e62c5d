import SyncProtocol
import Testing

@Suite struct EntryCoreTests {
    func decode(_ text: String) throws -> EntryCore { try EntryCore(decoding: hex(text)[...]) }

    @Test func `a core is read as it was written`() throws {
        let core = EntryCore(
            type: .approve, record: RecordID(milliseconds: 5, entropy: [UInt8](repeating: 1, count: 10)), version: 3,
            previous: Digest(Array(UInt8(0)...31)), ceiling: 1, reaches: [.nation, .path],
            subject: Digest(Array(UInt8(32)...63)), createdMilliseconds: 1_760_000_000_000)
        #expect(try EntryCore(decoding: core.encoded[...]) == core)
        #expect(core.type == .approve && core.isMustUnderstand && core.typeNumber == 0x83)
        #expect(core.subjectReference?.version == 3)
    }

    @Test func `empty fields are absent`() throws {
        let core = EntryCore(type: .relay)
        #expect(Hex.encode(core.encoded) == "a20101021887")
        #expect(try decode("a20101021887") == core)
        #expect(core.subjectReference == nil)
    }

    @Test func `the type numbers are fixed`() {
        #expect(EntryType.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(Reach.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
        #expect(EntryType.mustUnderstand == 0x80)
    }

    @Test func `an unknown type is read, with or without its must-understand bit`() throws {
        let optional = try decode("a20101021855"), required = try decode("a201010218d5")
        #expect(optional.type == nil && !optional.isMustUnderstand && optional.typeNumber == 0x55)
        #expect(required.type == nil && required.isMustUnderstand)
    }

    @Test func `unknown keys are passed over whatever they hold`() throws {
        let core = try decode("a401010218811840a26161f5616282c1000119012c40")
        #expect(core.type == .report)
    }

    /// In order: suite or type missing; a byte behind the end; keys unordered or twice; empty, unordered, doubled, lying or
    /// unknown reaches; record, version, previous hash and ceiling of another kind; type 0; no map; bad unknown values.
    @Test(arguments: [
        "a0", "a10101", "a1021881", "a2010102188100", "a20218810101", "a201010101", "a301010218810780",
        "a3010102188107820100", "a3010102188107820000", "a30101021881078105", "a30101021881078119012c",
        "a3010102188107860001020304", "a301010218810340", "a301010218810440", "a3010102188105420000", "a301010218810620",
        "a2010102f6",
        "a201010200", "82011881", "f6", "a301010218811840f93c00", "a301010218811840a200010001",
    ]) func `a core of another shape is refused`(_ text: String) { expectRefusal(.malformed) { _ = try decode(text) } }

    @Test func `another suite is refused by name`() {
        expectRefusal(.unsupportedSuite) { _ = try decode("a20103021881") }
    }
}
