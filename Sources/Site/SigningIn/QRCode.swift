/// A text in ASCII as a QR code (ISO/IEC 18004): bytes, correction level M, the smallest of versions 1 to 10, the best of
/// the eight masks. For the address of a second factor and what stands on printed sheets; nothing longer than 213 bytes.
struct QRCode: Sendable {
    /// Modules on a side, without the quiet zone.
    let size: Int
    /// Row by row; true is dark.
    private(set) var modules: [Bool]
    /// What data may not cover: finders, timing, alignment, format, version.
    private var reserved: [Bool]
    private let version: Int

    /// Nil when the text is too long, or no ASCII: readers guess the letters of anything else.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        guard let version = (1...10).first(where: { bytes.count <= QRCode.capacity($0) }) else { return nil }
        self.version = version
        size = 17 + 4 * version
        modules = [Bool](repeating: false, count: size * size)
        reserved = modules
        drawPatterns()
        place(QRCode.codewords(bytes, version))
        let plain = modules
        var best = (penalty: Int.max, modules: plain)
        for mask in 0..<8 {
            modules = plain
            apply(mask)
            drawFormat(mask)
            let penalty = self.penalty()
            if penalty < best.penalty { best = (penalty, modules) }
        }
        modules = best.modules
    }

    func isDark(_ row: Int, _ column: Int) -> Bool { modules[row * size + column] }

    /// The dark modules as one path of an SVG, in a view box of `size + 8`: four modules of quiet zone around.
    var path: String {
        var path = ""
        for row in 0..<size {
            var column = 0
            while column < size {
                let start = column
                while column < size && isDark(row, column) { column += 1 }
                if column > start { path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z" }
                column += 1
            }
        }
        return path
    }

    // MARK: Codewords

    /// Error correction level M: correction codewords a block; blocks and data codewords of the short and the long ones.
    private static let blocks: [(correction: Int, short: (Int, Int), long: (Int, Int))] = [
        (10, (1, 16), (0, 0)), (16, (1, 28), (0, 0)), (26, (1, 44), (0, 0)), (18, (2, 32), (0, 0)), (24, (2, 43), (0, 0)),
        (16, (4, 27), (0, 0)), (18, (4, 31), (0, 0)), (22, (2, 38), (2, 39)), (22, (3, 36), (2, 37)),
        (26, (4, 43), (1, 44)),
    ]

    private static func dataCount(_ version: Int) -> Int {
        let (_, short, long) = blocks[version - 1]
        return short.0 * short.1 + long.0 * long.1
    }

    /// Four bits of mode and a length of one byte, of two from version 10 on.
    private static func capacity(_ version: Int) -> Int { dataCount(version) - (version < 10 ? 2 : 3) }

    private static func codewords(_ bytes: [UInt8], _ version: Int) -> [UInt8] {
        var bits = [Bool]()
        func put(_ value: Int, _ count: Int) {
            for bit in stride(from: count - 1, through: 0, by: -1) { bits.append(value >> bit & 1 == 1) }
        }
        put(0b0100, 4)
        put(bytes.count, version < 10 ? 8 : 16)
        for byte in bytes { put(Int(byte), 8) }
        let total = dataCount(version)
        put(0, min(4, total * 8 - bits.count))
        put(0, (8 - bits.count % 8) % 8)
        var data = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        for index in 0..<total - data.count { data.append(index % 2 == 0 ? 0xEC : 0x11) }
        return interleaved(data, version)
    }

    private static func interleaved(_ data: [UInt8], _ version: Int) -> [UInt8] {
        let (correction, short, long) = blocks[version - 1]
        let divisor = GaloisField.divisor(correction)
        var parts = [(data: [UInt8], correction: [UInt8])]()
        var start = 0
        for count in Array(repeating: short.1, count: short.0) + Array(repeating: long.1, count: long.0) {
            let part = Array(data[start..<start + count])
            parts.append((part, GaloisField.remainder(part, divisor)))
            start += count
        }
        var all = [UInt8]()
        for index in 0..<max(short.1, long.1) {
            for part in parts where index < part.data.count { all.append(part.data[index]) }
        }
        for index in 0..<correction {
            for part in parts { all.append(part.correction[index]) }
        }
        return all
    }

    // MARK: Patterns

    private mutating func set(_ row: Int, _ column: Int, _ isDark: Bool) {
        modules[row * size + column] = isDark
        reserved[row * size + column] = true
    }

    private mutating func drawPatterns() {
        for index in 0..<size {
            set(6, index, index % 2 == 0)
            set(index, 6, index % 2 == 0)
        }
        drawFinder(3, 3)
        drawFinder(3, size - 4)
        drawFinder(size - 4, 3)
        let centres = QRCode.alignment[version - 1]
        for row in centres {
            for column in centres {
                // Three of the corners are finders.
                let corners = [(6, 6), (6, size - 7), (size - 7, 6)]
                if !corners.contains(where: { $0 == (row, column) }) { drawAlignment(row, column) }
            }
        }
        drawFormat(0)
        drawVersion()
    }

    private static let alignment: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    /// With the light border around it.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for down in -4...4 {
            for right in -4...4 where (0..<size).contains(row + down) && (0..<size).contains(column + right) {
                let ring = max(abs(down), abs(right))
                set(row + down, column + right, ring != 2 && ring != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for down in -2...2 { for right in -2...2 { set(row + down, column + right, max(abs(down), abs(right)) != 1) } }
    }

    /// Level M is 00; BCH(15, 5), twice (7.9 of the standard).
    private mutating func drawFormat(_ mask: Int) {
        var rest = mask
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (mask << 10 | rest) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { set(index, 8, bit(index)) }
        set(7, 8, bit(6))
        set(8, 8, bit(7))
        set(8, 7, bit(8))
        for index in 9..<15 { set(8, 14 - index, bit(index)) }
        for index in 0..<8 { set(8, size - 1 - index, bit(index)) }
        for index in 8..<15 { set(size - 15 + index, 8, bit(index)) }
        set(size - 8, 8, true)
    }

    /// BCH(18, 6) from version 7 on (7.10).
    private mutating func drawVersion() {
        guard version >= 7 else { return }
        var rest = version
        for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
        let bits = version << 12 | rest
        for index in 0..<18 {
            let (long, short) = (index / 3, size - 11 + index % 3)
            set(long, short, bits >> index & 1 == 1)
            set(short, long, bits >> index & 1 == 1)
        }
    }

    // MARK: Data and masks

    /// In columns of two from the right, up and down by turns; the column of the timing pattern is left out.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        for right in stride(from: size - 1, through: 1, by: -2) {
            let column = right <= 6 ? right - 1 : right
            for step in 0..<size {
                for side in 0..<2 {
                    let isUpward = (column + 1) & 2 == 0
                    let row = isUpward ? size - 1 - step : step
                    let place = row * size + column - side
                    guard !reserved[place], index < codewords.count * 8 else { continue }
                    modules[place] = codewords[index / 8] >> (7 - index % 8) & 1 == 1
                    index += 1
                }
            }
        }
    }

    private mutating func apply(_ mask: Int) {
        for row in 0..<size {
            for column in 0..<size where !reserved[row * size + column] {
                let product = row * column
                let isTurned =
                    switch mask {
                    case 0: (row + column) % 2 == 0
                    case 1: row % 2 == 0
                    case 2: column % 3 == 0
                    case 3: (row + column) % 3 == 0
                    case 4: (row / 2 + column / 3) % 2 == 0
                    case 5: product % 2 + product % 3 == 0
                    case 6: (product % 2 + product % 3) % 2 == 0
                    default: ((row + column) % 2 + product % 3) % 2 == 0
                    }
                if isTurned { modules[row * size + column].toggle() }
            }
        }
    }

    /// How hard a reader would find it (7.8.3): runs, blocks, what looks like a finder, and too much of one colour.
    private func penalty() -> Int {
        var sum = 0
        for line in 0..<size {
            sum += linePenalty((0..<size).map { isDark(line, $0) }) + linePenalty((0..<size).map { isDark($0, line) })
        }
        for row in 0..<size - 1 {
            for column in 0..<size - 1 {
                let first = isDark(row, column)
                let isBlock =
                    first == isDark(row, column + 1) && first == isDark(row + 1, column)
                    && first == isDark(row + 1, column + 1)
                if isBlock { sum += 3 }
            }
        }
        let dark = modules.lazy.filter { $0 }.count
        return sum + abs(dark * 20 - modules.count * 10) / modules.count * 10
    }

    private func linePenalty(_ line: [Bool]) -> Int {
        var sum = 0
        var run = 1
        for index in 1...line.count {
            if index < line.count && line[index] == line[index - 1] {
                run += 1
            } else {
                if run >= 5 { sum += run - 2 }
                run = 1
            }
        }
        let finder = [true, false, true, true, true, false, true]
        let quiet = [false, false, false, false]
        for start in 0..<line.count - 10 {
            let part = Array(line[start..<start + 11])
            if part == quiet + finder || part == finder + quiet { sum += 40 }
        }
        return sum
    }
}

/// GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1, for Reed and Solomon's code.
private enum GaloisField {
    static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product = 0
        for bit in stride(from: 7, through: 0, by: -1) {
            product = product << 1 ^ (product >> 7) * 0x11D
            product ^= Int(right >> bit & 1) * Int(left)
        }
        return UInt8(truncatingIfNeeded: product)
    }

    /// (x - 1)(x - 2)(x - 4)..., highest power first, without its leading 1.
    static func divisor(_ degree: Int) -> [UInt8] {
        var divisor = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                divisor[index] = multiply(divisor[index], root)
                if index + 1 < degree { divisor[index] ^= divisor[index + 1] }
            }
            root = multiply(root, 2)
        }
        return divisor
    }

    static func remainder(_ data: [UInt8], _ divisor: [UInt8]) -> [UInt8] {
        var rest = [UInt8](repeating: 0, count: divisor.count)
        for byte in data {
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for index in 0..<rest.count { rest[index] ^= multiply(divisor[index], factor) }
        }
        return rest
    }
}
