import Foundation
import SyncProtocol
import Testing

/// What a fuzzer found worth keeping of sections: each input is read or refused, and never ends the process.
@Suite struct RecordCorpusTests {
    private static func inputs() throws -> [[UInt8]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/Corpus/record.hex")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            try #require(Hex.decode(String(line)), "record: \(line.prefix(20))")
        }
    }

    private func isTaken(_ bytes: [UInt8]) throws -> Bool {
        do {
            try RecordParser.read(bytes)
            return true
        } catch is ProtocolError {
            return false
        }
    }

    @Test func `every section of the corpus is read or refused, for the tables as for the record`() throws {
        let taken = try RecordCorpusTests.inputs().map(isTaken)
        #expect(taken.contains(true) && taken.contains(false))
    }

    @Test func `no single flipped bit and no cut of a section ends the process`() throws {
        for input in try RecordCorpusTests.inputs().prefix(20) where input.count < 600 {
            for cut in stride(from: 0, to: input.count, by: 7) { _ = try isTaken(Array(input[..<cut])) }
            for bit in stride(from: 0, to: input.count * 8, by: 5) {
                var flipped = input
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                _ = try isTaken(flipped)
            }
        }
    }
}
