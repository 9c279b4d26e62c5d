internal import NodeCore

/// An archive of parts (APPNOTE 6.3.3, without ZIP64), the same bytes for the same parts: no clock stands in it.
struct ZipWriter {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// 1 January 1980: the first day that the format knows.
    private static let day: UInt16 = 0x21

    mutating func add(_ name: String, _ text: String) throws {
        let plain = Array(text.utf8)
        guard let packed = Deflate.pack(plain), let offset = UInt32(exactly: bytes.count) else {
            throw NodeError(.tooLarge, "文件过大，无法生成", "the file is too large to be made")
        }
        var head = [UInt8]()
        // Version 2.0, names in UTF-8, deflated.
        for word: UInt16 in [20, 0x0800, 8, 0, ZipWriter.day] { ZipWriter.put(word, in: &head) }
        for word in [Deflate.sum(plain), UInt32(packed.count), UInt32(plain.count)] { ZipWriter.put(word, in: &head) }
        ZipWriter.put(UInt16(name.utf8.count), in: &head)
        ZipWriter.put(UInt16(0), in: &head)
        ZipWriter.put(UInt32(0x0403_4B50), in: &bytes)
        bytes += head
        bytes += Array(name.utf8)
        bytes += packed
        ZipWriter.put(UInt32(0x0201_4B50), in: &directory)
        ZipWriter.put(UInt16(20), in: &directory)
        directory += head
        // No comment, first disk, no attributes.
        directory += [UInt8](repeating: 0, count: 10)
        ZipWriter.put(offset, in: &directory)
        directory += Array(name.utf8)
        count += 1
    }

    func finished() throws -> [UInt8] {
        guard let offset = UInt32(exactly: bytes.count), let size = UInt32(exactly: directory.count) else {
            throw NodeError(.tooLarge, "文件过大，无法生成", "the file is too large to be made")
        }
        var end = [UInt8]()
        ZipWriter.put(UInt32(0x0605_4B50), in: &end)
        for word in [0, 0, count, count] { ZipWriter.put(UInt16(word), in: &end) }
        ZipWriter.put(size, in: &end)
        ZipWriter.put(offset, in: &end)
        ZipWriter.put(UInt16(0), in: &end)
        return bytes + directory + end
    }

    private static func put(_ word: some FixedWidthInteger & UnsignedInteger, in bytes: inout [UInt8]) {
        for place in 0..<(word.bitWidth / 8) { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * place))) }
    }
}
