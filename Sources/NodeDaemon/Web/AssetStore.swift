internal import Foundation
internal import NodeCore
internal import Site
internal import SyncProtocol

/// The files that pages ask for, read once at start, each also packed: our own, and those that a release brings along.
struct AssetStore: Sendable {
    struct File: Sendable {
        let type: String
        let bytes: [UInt8]
        let packed: [UInt8]?
    }

    let index: AssetIndex
    /// Names of the manifest that are not here, to be said in plain words at start.
    let missing: [String]
    private let files: [String: File]

    /// What a release has beside our own files; pages work without them.
    static let brought = ["bootstrap.min.css", "echarts.min.js", "htmx.min.js", "icons.svg"]
    private static let fileBytesMax = 8 * 1_024 * 1_024

    /// `folder`: where the brought files lie; nil or absent for none.
    init(folder: String?) throws {
        var files = [String: File]()
        for (name, bytes) in try Site.ownAssets() { files[name] = AssetStore.file(name, bytes) }
        var missing = [String]()
        for name in AssetStore.brought {
            let path = folder.map { "\($0)/\(name)" } ?? ""
            if let data = FileManager.default.contents(atPath: path), data.count <= AssetStore.fileBytesMax {
                files[name] = AssetStore.file(name, [UInt8](data))
            } else {
                missing.append(name)
            }
        }
        var digest = DigestBuilder(.international)
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            digest.append(Array(name.utf8))
            digest.append(file.bytes)
        }
        self.files = files
        self.missing = missing
        index = AssetIndex(digest: String(digest.finish().description.prefix(16)), names: files.keys.sorted())
    }

    func file(_ path: String) -> File? { index.file(path).flatMap { files[$0] } }

    private static func file(_ name: String, _ bytes: [UInt8]) -> File {
        File(type: type(of: name), bytes: bytes, packed: bytes.count > 500 ? Gzip.pack(bytes, level: 9) : nil)
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }

    /// The folder to look in: the one of the configuration, else beside the program.
    static func folder(_ configured: String?) -> String? {
        if let configured { return configured }
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let places = [
            program.appendingPathComponent("web-assets"), program.appendingPathComponent("../share/bangfu/web-assets"),
        ]
        return places.map(\.path).first { FileManager.default.fileExists(atPath: $0) }
    }
}
