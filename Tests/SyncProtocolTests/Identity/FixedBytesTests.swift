import SyncProtocol
import Testing

@Suite struct FixedBytesTests {
    @Test func `hexadecimal is read in either case and written in lower case`() throws {
        #expect(Hex.decode("00fF1a") == [0, 255, 26])
        #expect(Hex.encode([0, 255, 26]) == "00ff1a")
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["0", "0g", " 0", "0x", "é0", "-1"])
    func `what is not hexadecimal is nil`(_ text: String) { #expect(Hex.decode(text) == nil) }

    @Test func `bytes come back in the order they went in`() throws {
        let bytes = Array(UInt8(1)...16)
        let node = try #require(NodeID(bytes))
        #expect(node.bytes == bytes)
        #expect(node.description == "0102030405060708090a0b0c0d0e0f10")
        #expect(NodeID(hex: node.description) == node)
        #expect(Digest(Array(UInt8(0)...31))?.bytes == Array(UInt8(0)...31))
        #expect(Incarnation(Array(UInt8(9)...16))?.bytes == Array(UInt8(9)...16))
    }

    @Test func `another number of bytes is nil`() {
        #expect(NodeID([UInt8](repeating: 1, count: 15)) == nil)
        #expect(NodeID([UInt8](repeating: 1, count: 17)) == nil)
        #expect(Incarnation([UInt8]()) == nil)
        #expect(Digest(hex: "00") == nil)
    }

    @Test func `order is that of the bytes`() throws {
        let low = try #require(KeyID(hex: "00000000000000ff0000000000000000"))
        let high = try #require(KeyID(hex: "00000000000001000000000000000000"))
        #expect(low < high)
        #expect(!(high < low) && !(low < low))
    }

    @Test func `a record id is a UUID of version 7 and sorts by time`() throws {
        let early = try #require(RecordID(milliseconds: 0x0199_0000_0001, entropy: [UInt8](repeating: 0xFF, count: 10)))
        let late = try #require(RecordID(milliseconds: 0x0199_0000_0002, entropy: [UInt8](repeating: 0, count: 10)))
        #expect(early.description == "01990000-0001-7fff-bfff-ffffffffffff")
        #expect(late.description == "01990000-0002-7000-8000-000000000000")
        #expect(early < late)
        #expect(RecordID(hex: early.description) == early)
        #expect(RecordID(milliseconds: 1, entropy: [UInt8](repeating: 0, count: 9)) == nil)
        #expect(RecordID(milliseconds: -1, entropy: [UInt8](repeating: 0, count: 10)) == nil)
    }

    @Test func `a digest begins with its domain`() throws {
        let empty = DigestBuilder.digest(.leaf)
        #expect(empty.description == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
        let domains: [DigestDomain] = [.leaf, .node, .seal, .packed, .context, .section, .key]
        #expect(Set(domains.map { DigestBuilder.digest($0, [1, 2, 3]) }).count == domains.count)
        var plain = DigestBuilder()
        plain.append(Array("abc".utf8))
        #expect(plain.finish().description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
