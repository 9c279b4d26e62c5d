import Foundation

/// What libFuzzer calls. BANGFU_FUZZ names the parser. A refusal is what bad bytes deserve; any other error is a fault.
private let parser: WireParser = {
    let name = ProcessInfo.processInfo.environment["BANGFU_FUZZ"] ?? ""
    guard let parser = WireParser(name: name) else {
        FileHandle.standardError.write(Data("BANGFU_FUZZ names one of: \(WireParser.allCases.map(\.rawValue))\n".utf8))
        exit(2)
    }
    return parser
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try parser.read(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch is ProtocolError {
    } catch {
        preconditionFailure("\(error)")
    }
    return 0
}
