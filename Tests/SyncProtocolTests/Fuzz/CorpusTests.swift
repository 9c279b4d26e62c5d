import Foundation
import SyncProtocol
import Testing

/// What a fuzzer found worth keeping: each input is read or refused, and never ends the process.
@Suite struct CorpusTests {
    private static func inputs(_ parser: WireParser) throws -> [[UInt8]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "Corpus/\(parser.rawValue).hex")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            try #require(Hex.decode(String(line)), "\(parser.rawValue): \(line.prefix(20))")
        }
    }

    @Test(arguments: WireParser.allCases) func `every input of the corpus is read or refused`(parser: WireParser) throws {
        let inputs = try CorpusTests.inputs(parser)
        var (taken, refused) = (0, 0)
        for input in inputs {
            do {
                try parser.read(input)
                taken += 1
            } catch is ProtocolError {
                refused += 1
            }
        }
        // Bodies and excerpts of other seals than the parser's own are read to their end, and refused there.
        let isOfOtherSeals = parser == .body || parser == .excerpt
        #expect(refused > 0 && (taken > 0 || isOfOtherSeals), "\(parser.rawValue): \(taken) read, \(refused) refused")
    }

    @Test(arguments: WireParser.allCases) func `no single flipped bit and no cut of an input ends the process`(
        parser: WireParser
    ) throws {
        for input in try CorpusTests.inputs(parser).prefix(20) where input.count < 600 {
            for cut in stride(from: 0, to: input.count, by: 7) { try expectAnswer(parser, Array(input[..<cut])) }
            for bit in stride(from: 0, to: input.count * 8, by: 5) {
                var flipped = input
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                try expectAnswer(parser, flipped)
            }
        }
    }

    private func expectAnswer(_ parser: WireParser, _ bytes: [UInt8]) throws {
        do { try parser.read(bytes) } catch is ProtocolError { return }
    }
}
