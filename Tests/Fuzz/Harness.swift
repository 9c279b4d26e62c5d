import Foundation
import NodeCore
import SyncProtocol

/// What libFuzzer calls. BANGFU_FUZZ names the parser. A refusal is what bad bytes deserve; any other error is a fault.
private let read: @Sendable ([UInt8]) throws -> Void = {
    let name = ProcessInfo.processInfo.environment["BANGFU_FUZZ"] ?? ""
    switch name {
    case "record": return RecordParser.read
    case "csv": return ImportParser.read
    default:
        if let parser = WireParser(name: name) { return parser.read }
        let names = WireParser.allCases.map(\.rawValue) + ["record", "csv"]
        FileHandle.standardError.write(Data("BANGFU_FUZZ names one of: \(names)\n".utf8))
        exit(2)
    }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try read(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch is ProtocolError {
    } catch is Finding {
    } catch {
        preconditionFailure("\(error)")
    }
    return 0
}
