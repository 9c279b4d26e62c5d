import SyncProtocol
import Testing

@Suite struct CanonicalReaderTests {
    func head(_ text: String) throws -> CanonicalReader.Head {
        var reader = CanonicalReader(try hex(text))
        return try reader.head()
    }

    /// Takes one whole item and what follows it, as `CanonicalReader.item` sees it.
    func item(_ text: String) throws {
        var reader = CanonicalReader(try hex(text))
        _ = try reader.item()
        try reader.expectEnd()
    }

    /// RFC 8949 appendix A.
    @Test(
        arguments: zip(
            [
                "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000",
                "1bffffffffffffffff",
            ],
            [0, 1, 10, 23, 24, 25, 100, 1_000, 1_000_000, 1_000_000_000_000, UInt64.max]))
    func `unsigned integers are read and written in the shortest head`(_ text: String, _ value: UInt64) throws {
        var reader = CanonicalReader(try hex(text))
        #expect(try reader.unsigned() == value)
        try reader.expectEnd()
        var writer = CanonicalWriter()
        writer.unsigned(value)
        #expect(Hex.encode(writer.bytes) == text)
    }

    @Test(arguments: [
        "1817", "1800", "190018", "1900ff", "1a0000ffff", "1a00000001", "1b00000000ffffffff", "1b0000000000000000",
        "3817", "580100", "590001ff", "780161", "980101", "b8010101", "d81201",
    ]) func `a head longer than needed is refused`(_ text: String) { expectRefusal(.malformed) { try item(text) } }

    /// Halves, singles, doubles, undefined, simple values and lone breaks.
    @Test(arguments: [
        "f90000", "f93c00", "f97e00", "fa47c35000", "fa7f800000", "fb3ff199999999999a", "fb7ff8000000000000", "f7",
        "f0", "e0", "f818", "f8ff", "ff", "fc", "fd", "fe",
    ]) func `floats and simple values are refused`(_ text: String) { expectRefusal(.malformed) { try item(text) } }

    @Test(arguments: [
        "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "bf61610161629f0203ffff", "5fff",
    ]) func `open lengths are refused`(_ text: String) { expectRefusal(.malformed) { try item(text) } }

    @Test(arguments: ["1c", "1d", "1e", "1f", "3c", "5c", "7d", "9e", "bc", "dc", "df"])
    func `reserved heads are refused`(_ text: String) { expectRefusal(.malformed) { try item(text) } }

    @Test(arguments: [
        "a201020103", "a202030104", "a2616201616102", "a3010201020304", "a21818000102", "81a200000001",
    ]) func `map keys out of order or twice are refused`(_ text: String) { expectRefusal(.malformed) { try item(text) } }

    @Test(arguments: [
        "a0", "80", "a201020304", "a26161016162820203", "826161a161626163", "a2182001200a", "c11a514b67b0",
        "d74401020304", "8301820203820405", "a30102200a6161f6",
    ]) func `any canonical item is taken whole`(_ text: String) throws { try item(text) }

    @Test(arguments: [
        "9a00010000", "9bffffffffffffffff", "bbffffffffffffffff", "82", "81", "a1", "a101", "5affffffff",
        "5bffffffffffffffff", "7bffffffffffffffff", "4401", "62c3", "18", "19ff", "1affffff", "1bffffffffffffff", "",
    ]) func `more than the rest is refused before memory is taken`(_ text: String) {
        expectRefusal(.malformed) { try item(text) }
    }

    @Test(arguments: ["61ff", "62c328", "63e28228", "63eda080", "64f4908080", "62c080"])
    func `texts that are not UTF-8 are refused`(_ text: String) { expectRefusal(.malformed) { try item(text) } }

    @Test func `nesting ends at its limit`() throws {
        try item(String(repeating: "81", count: Limits.nesting) + "00")
        expectRefusal(.tooLarge) { try item(String(repeating: "81", count: Limits.nesting + 1) + "00") }
        expectRefusal(.tooLarge) { try item(String(repeating: "c1", count: 100_000) + "00") }
        expectRefusal(.tooLarge) { try item(String(repeating: "81", count: 100_000)) }
        expectRefusal(.tooLarge) { try item(String(repeating: "a100", count: 100_000)) }
    }

    @Test func `each reader call takes its own kind only`() throws {
        let wrong = try hex("f4")
        var reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.unsigned() }
        reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.byteString() }
        reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.optionalByteString() }
        reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.text() }
        reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.array() }
        reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.map() }
        reader = CanonicalReader(wrong)
        #expect(throws: ProtocolError.self) { try reader.fixed(NodeID.self) }
    }

    @Test func `limits of a call are kept`() throws {
        var reader = CanonicalReader(try hex("820001"))
        #expect(throws: ProtocolError.self) { try reader.array(atMost: 1) }
        reader = CanonicalReader(try hex("820001"))
        #expect(throws: ProtocolError.self) { try reader.array(exactly: 3) }
        reader = CanonicalReader(try hex("1864"))
        #expect(throws: ProtocolError.self) { try reader.int(atMost: 99) }
        reader = CanonicalReader(try hex("1bffffffffffffffff"))
        #expect(throws: ProtocolError.self) { try reader.int() }
        reader = CanonicalReader(try hex("4f" + String(repeating: "00", count: 15)))
        #expect(throws: ProtocolError.self) { try reader.fixed(NodeID.self) }
    }

    @Test func `a window of a larger buffer ends where the window ends`() throws {
        let bytes = try hex("ffff4401020304ffff")
        var reader = CanonicalReader(bytes[2..<7])
        #expect(Array(try reader.byteString()) == [1, 2, 3, 4])
        try reader.expectEnd()
        var cut = CanonicalReader(bytes[2..<6])
        #expect(throws: ProtocolError(.malformed, "")) { try cut.byteString() }
    }

    @Test func `random bytes never crash the reader`() {
        var random = SplitMix64(seed: 8949)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var reader = CanonicalReader(bytes)
            do {
                #expect(try Array(reader.item()) == Array(bytes.prefix(reader.position)))
                #expect(try CanonicalValue(decoding: bytes[...]).encoded == bytes)
            } catch {
                #expect(error is ProtocolError)
            }
        }
    }
}
