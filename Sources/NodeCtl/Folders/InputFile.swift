import Foundation
import NodeCore

/// A file that a person names; `-` is standard input.
enum InputFile {
    static func bytes(_ path: String, limit: Int = NodeLimits.importBytes) throws -> [UInt8] {
        let data: Data?
        if path == "-" {
            do { data = try FileHandle.standardInput.readToEnd() ?? Data() } catch {
                throw NodeError(.badRequest, "无法读取标准输入", "standard input cannot be read: \(error)")
            }
        } else {
            data = FileManager.default.contents(atPath: path)
        }
        guard let data else { throw NodeError(.notFound, "无法读取 \(path)", "\(path) cannot be read") }
        guard data.count <= limit else {
            throw NodeError(.tooLarge, "\(path) 超过 \(limit) 字节", "\(path) has more than \(limit) bytes")
        }
        return [UInt8](data)
    }

    static func text(_ path: String) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw NodeError(
                .badRequest, "\(path) 不是 UTF-8：请另存为“CSV UTF-8”", "\(path) is not UTF-8: save it as \"CSV UTF-8\"")
        }
        return text
    }
}

extension InputFile {
    /// One line, of twelve characters or more.
    static func passphrase(_ path: String) throws -> [UInt8] {
        let text = String(decoding: try bytes(path), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.count >= 12, !text.contains(where: \.isNewline) else {
            throw NodeError(.badRequest, "口令须为一行、至少 12 个字符", "a passphrase is one line of at least 12 characters")
        }
        return Array(text.utf8)
    }
}

/// A file that only its owner may read.
enum SecretFile {
    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> NodeError {
        let reason = String(cString: strerror(errno))
        return NodeError(.badRequest, "无法写入 \(path)：\(reason)", "\(path) cannot be written: \(reason)")
    }
}
