import Foundation
import NodeCore
import Testing

/// What a fuzzer found worth keeping of import files: each is taken or refused with a finding, and never ends the process.
@Suite struct ImportCorpusTests {
    private static func inputs() throws -> [[UInt8]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/Corpus/csv.hex")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let digits = Array(line)
            return try stride(from: 0, to: digits.count, by: 2).map { place in
                try #require(UInt8(String(digits[place...].prefix(2)), radix: 16), "csv: \(line.prefix(20))")
            }
        }
    }

    private func isTaken(_ bytes: [UInt8]) throws -> Bool {
        do {
            try ImportParser.read(bytes)
            return true
        } catch is Finding {
            return false
        }
    }

    @Test func `every import of the corpus is taken, or refused with a finding`() throws {
        let taken = try ImportCorpusTests.inputs().map(isTaken)
        #expect(taken.contains(true) && taken.contains(false))
    }

    @Test func `no single flipped bit and no cut of an import ends the process`() throws {
        for input in try ImportCorpusTests.inputs().prefix(20) where input.count < 600 {
            for cut in stride(from: 0, to: input.count, by: 29) { _ = try isTaken(Array(input[..<cut])) }
            for bit in stride(from: 0, to: input.count * 8, by: 23) {
                var flipped = input
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                _ = try isTaken(flipped)
            }
        }
    }
}
