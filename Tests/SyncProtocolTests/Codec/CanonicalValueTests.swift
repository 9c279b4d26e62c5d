import SyncProtocol
import Testing

@Suite struct CanonicalValueTests {
    /// The examples of RFC 8949 appendix A that our profile has.
    static let examples: [(String, CanonicalValue)] = [
        ("00", .integer(0)), ("01", .integer(1)), ("0a", .integer(10)), ("17", .integer(23)), ("1818", .integer(24)),
        ("1819", .integer(25)), ("1864", .integer(100)), ("1903e8", .integer(1_000)), ("1a000f4240", .integer(1_000_000)),
        ("1b000000e8d4a51000", .integer(1_000_000_000_000)), ("1b7fffffffffffffff", .integer(.max)),
        ("20", .integer(-1)), ("29", .integer(-10)), ("3863", .integer(-100)), ("3903e7", .integer(-1_000)),
        ("3b7fffffffffffffff", .integer(.min)), ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
        ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")), ("6161", .text("a")),
        ("6449455446", .text("IETF")), ("62225c", .text("\"\\")), ("62c3bc", .text("ü")), ("63e6b0b4", .text("水")),
        ("64f0908591", .text("𐅑")), ("80", .array([])), ("83010203", .array([.integer(1), .integer(2), .integer(3)])),
        (
            "8301820203820405",
            .array([
                .integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)]),
            ])
        ),
        ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", .array((1...25).map { .integer($0) })),
        ("a0", .map([])), ("a201020304", .map([.init(1, .integer(2)), .init(3, .integer(4))])),
    ]

    @Test(arguments: examples.indices) func `the examples of RFC 8949 are read and written`(_ index: Int) throws {
        let (text, value) = CanonicalValueTests.examples[index]
        #expect(try CanonicalValue(decoding: hex(text)[...]) == value)
        #expect(Hex.encode(value.encoded) == text)
    }

    @Test(arguments: ["1bffffffffffffffff", "1b8000000000000000", "3bffffffffffffffff", "3b8000000000000000"])
    func `integers over 63 bits are refused`(_ text: String) {
        expectRefusal(.tooLarge) { _ = try CanonicalValue(decoding: hex(text)[...]) }
    }

    @Test(arguments: [
        "c11a514b67b0", "c249010000000000000000", "d74401020304", "d818456449455446", "81c100", "a26161016162820203",
        "a12000", "826161a161626163", "a1000000", "0000", "f93c00", "9fff", "1817", "a201020103", "a203040102",
        "7f6161ff", "61ff", "",
    ]) func `tags, other keys, trailing bytes and everything non-canonical are refused`(_ text: String) {
        expectRefusal(.malformed) { _ = try CanonicalValue(decoding: hex(text)[...]) }
    }

    @Test func `the limits of a section are kept`() throws {
        let deepest = String(repeating: "81", count: Limits.nesting) + "00"
        _ = try CanonicalValue(decoding: hex(deepest)[...])
        expectRefusal(.tooLarge) { _ = try CanonicalValue(decoding: hex("81" + deepest)[...]) }
        expectRefusal(.tooLarge) { _ = try CanonicalValue(decoding: [UInt8](repeating: 0x81, count: 1 << 20)[...]) }
        let largest = CanonicalValue.bytes([UInt8](repeating: 1, count: Limits.fieldBytes))
        #expect(try CanonicalValue(decoding: largest.encoded[...]) == largest)
        let over = CanonicalValue.text(String(repeating: "a", count: Limits.fieldBytes + 1))
        expectRefusal(.tooLarge) { _ = try CanonicalValue(decoding: over.encoded[...]) }
        let many = CanonicalValue.array([CanonicalValue](repeating: .null, count: Limits.items + 1))
        expectRefusal(.tooLarge) { _ = try CanonicalValue(decoding: many.encoded[...]) }
        let wide = CanonicalValue.map((0...UInt64(Limits.items)).map { .init($0, .null) })
        expectRefusal(.tooLarge) { _ = try CanonicalValue(decoding: wide.encoded[...]) }
    }

    @Test func `fields are found by key and written in ascending order`() throws {
        let value = CanonicalValue.map([.init(300, .text("c")), .init(2, .text("a")), .init(24, .text("b"))])
        #expect(Hex.encode(value.encoded) == "a30261611818616219012c6163")
        #expect(value[24] == .text("b"))
        #expect(value[3] == nil)
        #expect(CanonicalValue.null[1] == nil)
    }

    @Test func `random values come back as they went`() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<500 {
            let value = sample(depth: 0, &random)
            #expect(try CanonicalValue(decoding: value.encoded[...]) == value)
        }
    }

    func sample(depth: Int, _ random: inout SplitMix64) -> CanonicalValue {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
        case 0: return .integer(Int64(bitPattern: random.next() >> UInt64.random(in: 0..<64, using: &random)))
        case 1: return .integer(-Int64(random.next() >> UInt64.random(in: 1..<64, using: &random)))
        case 2: return .bytes((0..<Int.random(in: 0..<40, using: &random)).map { UInt8($0) })
        case 3: return .text(String(repeating: "帮a", count: Int.random(in: 0..<20, using: &random)))
        case 4: return Bool.random(using: &random) ? .null : .bool(true)
        case 5: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in sample(depth: depth + 1, &random) })
        default:
            let keys = Set((0..<Int.random(in: 0..<5, using: &random)).map { _ in random.next() >> 50 }).sorted()
            return .map(keys.map { .init($0, sample(depth: depth + 1, &random)) })
        }
    }
}
