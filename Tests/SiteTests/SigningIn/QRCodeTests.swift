import Testing

@testable import Site

@Suite struct QRCodeTests {
    /// As readers of the market read it back; drawn by this code and checked with one.
    private static let letterA = """
        #######.#..#..#######
        #.....#.#####.#.....#
        #.###.#...#.#.#.###.#
        #.###.#.##.##.#.###.#
        #.###.#..###..#.###.#
        #.....#..#.##.#.....#
        #######.#.#.#.#######
        ........##.##........
        #.##.###..###.#..#.##
        .#.##..#.#.####..#...
        ##..###.##.#.....##.#
        #.##.#.....#..#####..
        #..####..#..#..#..#..
        ........#.##..#..#..#
        #######.#..##..#.#...
        #.....#.##.....##.##.
        #.###.#..##.#####...#
        #.###.#.####..######.
        #.###.#.#.#.#.##.....
        #.....#...#..#.#..#.#
        #######.#....#..#....
        """

    private func drawn(_ code: QRCode) -> String {
        (0..<code.size).map { row in
            (0..<code.size).map { code.isDark(row, $0) ? "#" : "." }.joined()
        }.joined(separator: "\n")
    }

    @Test func `a letter is the code that readers read`() throws {
        #expect(drawn(try #require(QRCode("A"))) == QRCodeTests.letterA)
    }

    /// ISO/IEC 18004, table 7: bytes that fit at level M.
    @Test(arguments: [
        (1, 14), (2, 26), (3, 42), (4, 62), (5, 84), (6, 106), (7, 122), (8, 152), (9, 180), (10, 213),
    ]) func `the smallest version that holds the text is taken`(_ version: Int, _ bytes: Int) throws {
        let code = try #require(QRCode(String(repeating: "x", count: bytes)))
        #expect(code.size == 17 + 4 * version)
        let next = QRCode(String(repeating: "x", count: bytes + 1))
        #expect(next?.size == (version < 10 ? 21 + 4 * version : nil))
    }

    @Test(arguments: ["工会", "é"]) func `letters that readers would have to guess make no code`(_ text: String) {
        #expect(QRCode(text) == nil)
    }

    @Test func `the path covers the dark modules and nothing else`() throws {
        let code = try #require(QRCode("otpauth://totp/Bangfu:clerk?secret=JBSWY3DPEHPK3PXP"))
        var covered = Set<[Int]>()
        for run in code.path.split(separator: "z") {
            let numbers = run.split { !($0.isNumber || $0 == "-") }.compactMap { Int($0) }
            let (column, row, width) = (numbers[0] - 4, numbers[1] - 4, numbers[2])
            for step in 0..<width { covered.insert([row, column + step]) }
        }
        for row in 0..<code.size {
            for column in 0..<code.size { #expect(covered.contains([row, column]) == code.isDark(row, column)) }
        }
    }
}
