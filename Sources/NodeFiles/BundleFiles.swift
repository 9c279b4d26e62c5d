internal import Foundation
internal import NodeCore
public import SyncProtocol

/// The files of an export: beside each other, whole or not at all, the owner's alone.
public enum BundleFiles {
    public struct Made: Sendable {
        public let path: String
        public let bytes: Int
    }

    /// What FAT, the file system of most sticks, takes.
    public static let fileBytesDefault = 2 * 1_024 * 1_024 * 1_024

    /// Where the files of an export go: into a folder that is there, under a name of their own, or to the file given,
    /// numbered when there are several. A path that is neither is refused: a folder that is missing is most often a stick
    /// that is not there.
    public static func paths(_ out: String, name: String, count: Int) throws -> [String] {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: out, isDirectory: &isFolder) && isFolder.boolValue
        guard isThere || out.hasSuffix(suffix) else {
            throw NodeError(
                .notFound, "没有文件夹 \(out)；要写成文件，名称须以 \(suffix) 结尾",
                "there is no folder \(out); a file to write ends in \(suffix)")
        }
        let path = isThere ? out + "/" + name : out
        let stem = path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path
        guard count > 1 else { return [stem + suffix] }
        let width = String(count).count
        return (1...count).map { number in
            let digits = String(number)
            return stem + "-" + String(repeating: "0", count: width - digits.count) + digits + suffix
        }
    }

    public static let suffix = ".bgfb"

    /// Writes one file through `body`; on the disk when this returns. A file that is there is never written over.
    public static func write(_ path: String, _ body: (@escaping ([UInt8]) throws -> Void) throws -> Void) throws -> Made {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw NodeError(.conflict, "\(path) 已存在", "\(path) is there already")
        }
        let url = URL(fileURLWithPath: path)
        let new = url.deletingLastPathComponent().path + "/." + url.lastPathComponent + ".part"
        // What a stick pulled out too early left behind.
        Files.remove(new)
        let handle = try Files.create(new)
        do {
            try body { bytes in
                do { try handle.write(contentsOf: Data(bytes)) } catch { throw full(path, error) }
            }
            do { try handle.synchronize() } catch { throw full(path, error) }
            Files.close(handle)
            try Files.move(new, to: path)
        } catch {
            Files.close(handle)
            Files.remove(new)
            throw error
        }
        return Made(path: path, bytes: try Files.size(path))
    }

    private static func full(_ path: String, _ error: any Error) -> NodeError {
        NodeError(
            .badConfiguration, "写入 \(path) 失败（介质已满或被拔出？）：\(error)",
            "\(path) cannot be written (is the medium full, or gone?): \(error)")
    }

    public static func size(_ path: String) throws -> Int { try Files.size(path) }

    /// What everybody sees who finds the file.
    public static func head(_ path: String) throws -> (head: BundleHead, bytes: Int) {
        var source = try FileSource(path: path)
        return (head: try BundleHead(from: &source), bytes: try Files.size(path))
    }
}
