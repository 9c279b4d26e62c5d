import SyncProtocol
import Testing

@Suite struct PackingTests {
    @Test(arguments: [0, 9] as [Int32], [1, 100, 70_000, 500_000])
    func `what is packed unpacks`(_ level: Int32, _ count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0..<16, using: &random) }
        let packed = try Packing.pack(bytes, level: level)
        #expect(try Packing.unpack(packed[...], size: count) == bytes)
    }

    @Test func `an untrue size is refused`() throws {
        let bytes = (0..<5_000).map { UInt8($0 & 0xFF) }
        let packed = try Packing.pack(bytes)
        for size in [1, 4_999, 5_001, 10_000] {
            expectRefusal(.malformed) { _ = try Packing.unpack(packed[...], size: size) }
        }
        for size in [0, -1, Limits.unpackedBytes + 1, .max] {
            expectRefusal(.tooLarge) { _ = try Packing.unpack(packed[...], size: size) }
        }
    }

    @Test func `a bomb is refused whether it tells the truth or not`() throws {
        let zeros = [UInt8](repeating: 0, count: 4_000_000)
        let bomb = try Packing.pack(zeros)
        #expect(bomb.count * 200 < zeros.count)
        expectRefusal(.expansion) { _ = try Packing.unpack(bomb[...], size: zeros.count) }
        let allowed = bomb.count * Limits.expansion
        expectRefusal(.malformed) { _ = try Packing.unpack(bomb[...], size: allowed) }
        expectRefusal(.malformed) { _ = try Packing.unpack(bomb[...], size: 1_000) }
    }

    /// `pack` writes the size at bytes 6 to 13 of the frame; its own checksum of the header stands behind it.
    @Test func `a frame without its size is read, one cut or altered is not`() throws {
        let plain = try hex("04224d184040c0" + "03000080" + "010203" + "00000000")
        #expect(try Packing.unpack(plain[...], size: 3) == [1, 2, 3])
        for count in 0..<plain.count { #expect(throws: ProtocolError.self) { try Packing.unpack(plain[..<count], size: 3) } }
        expectRefusal(.malformed) { _ = try Packing.unpack((plain + [0])[...], size: 3) }
        expectRefusal(.malformed) { _ = try Packing.unpack((plain + plain)[...], size: 6) }
    }

    @Test func `a skippable frame holds nothing`() throws {
        let skippable = try hex("502a4d18" + "04000000" + "00000000")
        expectRefusal(.malformed) { _ = try Packing.unpack(skippable[...], size: 4) }
        let frame = try Packing.pack([1, 2, 3])
        expectRefusal(.malformed) { _ = try Packing.unpack((skippable + frame)[...], size: 3) }
        expectRefusal(.malformed) { _ = try Packing.unpack((frame + skippable)[...], size: 3) }
    }

    @Test func `every altered bit and every truncation ends in an answer`() throws {
        let bytes = Array("困难职工困难职工困难职工 1 2 3 困难职工".utf8)
        let packed = try Packing.pack(bytes)
        for count in 0..<packed.count {
            #expect(throws: ProtocolError.self) { try Packing.unpack(packed[..<count], size: bytes.count) }
        }
        for bit in 0..<packed.count * 8 {
            var altered = packed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                #expect(try Packing.unpack(altered[...], size: bytes.count).count == bytes.count)
            } catch {
                #expect(error is ProtocolError)
            }
        }
    }

    @Test func `random bytes behind a frame's head never crash`() throws {
        var random = SplitMix64(seed: 4)
        let head = try Packing.pack([UInt8](repeating: 7, count: 300)).prefix(15)
        for _ in 0..<2_000 {
            let tail = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            do {
                #expect(try Packing.unpack((head + tail)[...], size: 300).count == 300)
            } catch {
                #expect(error is ProtocolError)
            }
        }
    }
}
