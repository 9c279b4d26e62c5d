internal import Foundation
internal import FoundationXML
internal import NodeCore

/// One XML part of a workbook, read from its beginning to its end. A part with a document type is refused before any parser
/// sees it: no entity is ever declared, so none is expanded and none is fetched.
enum XMLPart {
    /// What is found in a part: names without their prefixes.
    protocol Reading: AnyObject {
        func began(_ element: String, _ attributes: [String: String]) throws
        func said(_ text: String)
        func ended(_ element: String) throws
    }

    static func read(_ bytes: [UInt8], limits: WorkbookLimits, into reading: some Reading) throws {
        guard var text = String(validating: bytes, as: UTF8.self)?[...] else { throw ZipReader.damaged }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        // Without the line that names an encoding nothing but UTF-8 can be meant.
        if text.hasPrefix("<?xml"), let end = text.range(of: "?>") { text = text[end.upperBound...] }
        guard text.range(of: "<!DOCTYPE", options: .caseInsensitive) == nil,
            text.range(of: "<!ENTITY", options: .caseInsensitive) == nil
        else {
            throw NodeError(
                .invalid, "文件中含有不允许的声明（DOCTYPE），未读取", "the file holds a declaration that is not taken (DOCTYPE)")
        }
        let walk = Walk(reading, depth: limits.depth)
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldResolveExternalEntities = false
        parser.delegate = walk
        let isWhole = parser.parse()
        if let failure = walk.failure { throw failure }
        guard isWhole, walk.isWhole else { throw ZipReader.damaged }
    }

    private final class Walk: NSObject, XMLParserDelegate {
        private let reading: any Reading
        private let deepest: Int
        private var depth = 0
        private var isBroken = false
        private var hasBegun = false

        /// Whether there was an element, and each was closed.
        var isWhole: Bool { hasBegun && depth == 0 && !isBroken }

        private(set) var failure: (any Error)?

        init(_ reading: any Reading, depth: Int) {
            self.reading = reading
            deepest = depth
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            depth += 1
            hasBegun = true
            guard failure == nil else { return }
            do {
                guard depth <= deepest else { throw WorkbookReader.tooLarge }
                try reading.began(Walk.local(name), attributes)
            } catch { stop(parser, error) }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if failure == nil { reading.said(string) }
        }

        func parser(_ parser: XMLParser, foundCDATA block: Data) {
            if failure == nil { reading.said(String(decoding: block, as: UTF8.self)) }
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            depth -= 1
            guard failure == nil else { return }
            do { try reading.ended(Walk.local(name)) } catch { stop(parser, error) }
        }

        func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) { isBroken = true }

        private func stop(_ parser: XMLParser, _ error: any Error) {
            failure = error
            parser.abortParsing()
        }

        private static func local(_ name: String) -> String {
            name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
        }
    }
}
