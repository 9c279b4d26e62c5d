internal import NodeCore

/// The parts of an archive that somebody sent in. Nothing is unpacked that is not asked for, and nothing beyond what its
/// directory promises and the limits allow.
struct ZipReader {
    private struct Entry {
        let method: UInt16
        let sum: UInt32
        let packed: Range<Int>
        let size: Int
    }

    private let bytes: [UInt8]
    private var entries: [String: Entry] = [:]
    private var room: Int

    init(_ bytes: [UInt8], limits: WorkbookLimits) throws {
        self.bytes = bytes
        room = limits.unpackedBytes
        guard let end = ZipReader.end(bytes) else { throw ZipReader.noArchive }
        let count = Int(ZipReader.word16(bytes, end + 10))
        let directory = Int(ZipReader.word32(bytes, end + 16))
        // 0xFFFF and 0xFFFFFFFF stand for ZIP64, which no spreadsheet of this size needs.
        guard count <= limits.parts else { throw WorkbookReader.tooLarge }
        guard directory < end else { throw ZipReader.noArchive }
        var place = directory
        for _ in 0..<count { try readEntry(&place, end) }
    }

    private mutating func readEntry(_ place: inout Int, _ end: Int) throws {
        guard place + 46 <= end, ZipReader.word32(bytes, place) == 0x0201_4B50 else { throw ZipReader.damaged }
        let flags = ZipReader.word16(bytes, place + 8)
        guard flags & 1 == 0 else {
            throw NodeError(.invalid, "文件设有密码，请去掉密码后重新保存", "the file has a password: take it off and save again")
        }
        let packed = Int(ZipReader.word32(bytes, place + 20))
        let size = Int(ZipReader.word32(bytes, place + 24))
        let lengths = (28...32).filter { $0 % 2 == 0 }.map { Int(ZipReader.word16(bytes, place + $0)) }
        let local = Int(ZipReader.word32(bytes, place + 42))
        let next = place + 46 + lengths.reduce(0, +)
        guard next <= end, local + 30 <= end, ZipReader.word32(bytes, local) == 0x0403_4B50,
            let name = String(validating: bytes[(place + 46)..<(place + 46 + lengths[0])], as: UTF8.self)
        else { throw ZipReader.damaged }
        let start = local + 30 + Int(ZipReader.word16(bytes, local + 26)) + Int(ZipReader.word16(bytes, local + 28))
        guard start + packed <= end, entries[name] == nil else { throw ZipReader.damaged }
        entries[name] = Entry(
            method: ZipReader.word16(bytes, place + 10), sum: ZipReader.word32(bytes, place + 16),
            packed: start..<(start + packed), size: size)
        place = next
    }

    func has(_ name: String) -> Bool { entries[name] != nil }

    /// The bytes of a part; nil when there is none of this name. All together may not be larger than the limits say.
    mutating func part(_ name: String) throws -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        guard entry.size <= room else { throw WorkbookReader.tooLarge }
        room -= entry.size
        let plain: [UInt8]?
        switch entry.method {
        case 0: plain = entry.packed.count == entry.size ? Array(bytes[entry.packed]) : nil
        case 8: plain = Deflate.unpack(bytes[entry.packed], to: entry.size)
        default: plain = nil
        }
        guard let plain, Deflate.sum(plain) == entry.sum else { throw ZipReader.damaged }
        return plain
    }

    /// Where the record at the end begins; behind it stands at most a comment.
    private static func end(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        let last = bytes.count - 22
        for place in stride(from: last, through: max(0, last - 65_535), by: -1)
        where word32(bytes, place) == 0x0605_4B50 { return place }
        return nil
    }

    private static func word16(_ bytes: [UInt8], _ place: Int) -> UInt16 {
        UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
    }

    private static func word32(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(word16(bytes, place)) | UInt32(word16(bytes, place + 2)) << 16
    }

    static let noArchive = NodeError(
        .invalid, "这不是 .xlsx 文件，请用 Excel 或 WPS 另存为 .xlsx", "this is no .xlsx file: save it as one with a spreadsheet program"
    )
    static let damaged = NodeError(
        .invalid, "文件已损坏，请用 Excel 或 WPS 重新保存", "the file is damaged: save it again with a spreadsheet program")
}
