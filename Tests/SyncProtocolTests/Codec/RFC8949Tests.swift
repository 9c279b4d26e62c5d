import SyncProtocol
import Testing

/// Every example of RFC 8949 appendix A: those inside the profile come back byte for byte, the others are refused.
@Suite struct RFC8949Tests {
    /// Integers, strings, booleans, null, arrays and maps, in the one form.
    static let sections = [
        "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000", "20", "29", "3863",
        "3903e7", "f4", "f5", "f6", "40", "4401020304", "60", "6161", "6449455446", "62225c", "62c3bc", "63e6b0b4",
        "64f0908591", "80", "83010203", "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304",
    ]

    @Test(arguments: sections) func `what a section may hold comes back byte for byte`(_ text: String) throws {
        let bytes = try hex(text)
        #expect(try CanonicalValue(decoding: bytes[...]).encoded == bytes)
        try item(bytes)
    }

    /// Over 63 bits; tags; keys that are texts: canonical, but in no section.
    @Test(arguments: [
        ("1bffffffffffffffff", ProtocolError.Code.tooLarge), ("3bffffffffffffffff", .tooLarge),
        ("c249010000000000000000", .malformed), ("c349010000000000000000", .malformed),
        ("c074323031332d30332d32315432303a30343a30305a", .malformed), ("c11a514b67b0", .malformed),
        ("d74401020304", .malformed), ("d818456449455446", .malformed),
        ("d82076687474703a2f2f7777772e6578616d706c652e636f6d", .malformed), ("a26161016162820203", .malformed),
        ("826161a161626163", .malformed), ("a56161614161626142616361436164614461656145", .malformed),
    ]) func `what is canonical and has no place in a section is refused there`(_ text: String, _ code: ProtocolError.Code)
        throws
    {
        let bytes = try hex(text)
        try item(bytes)
        expectRefusal(code) { _ = try CanonicalValue(decoding: bytes[...]) }
    }

    /// Floats, undefined, other simple values, open lengths.
    @Test(arguments: [
        "f90000", "f98000", "f93c00", "fb3ff199999999999a", "f93e00", "f97bff", "fa47c35000", "fa7f7fffff",
        "fb7e37e43c8800759c", "f90001", "f90400", "f9c400", "fbc010666666666666", "f97c00", "f97e00", "f9fc00", "fa7f800000",
        "fa7fc00000", "faff800000", "fb7ff0000000000000", "fb7ff8000000000000", "fbfff0000000000000", "f7", "f0", "f818",
        "f8ff", "c1fb41d452d9ec200000", "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff",
        "9f01820203820405ff", "83018202039f0405ff", "83019f0203ff820405",
        "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", "bf61610161629f0203ffff", "826161bf61626163ff",
        "bf6346756ef563416d7421ff",
    ]) func `what the profile leaves out is refused everywhere`(_ text: String) throws {
        let bytes = try hex(text)
        expectRefusal(.malformed) { try item(bytes) }
        expectRefusal(.malformed) { _ = try CanonicalValue(decoding: bytes[...]) }
    }

    func item(_ bytes: [UInt8]) throws {
        var reader = CanonicalReader(bytes)
        #expect(try Array(reader.item()) == bytes)
        try reader.expectEnd()
    }
}
