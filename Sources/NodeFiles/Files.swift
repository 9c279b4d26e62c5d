internal import Foundation
internal import NodeCore

/// Files that are their owner's alone, with errors that say which.
enum Files {
    static func open(_ path: String) throws -> FileHandle {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw failure(path) }
        return String(decoding: data, as: UTF8.self)
    }

    /// Mode 0600; the file must not exist.
    static func create(_ path: String) throws -> FileHandle {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// At the end of a file that is there.
    static func append(_ path: String) throws -> FileHandle {
        let descriptor = Foundation.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Mode 0700; the folder must not exist.
    static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else { throw failure(path) }
    }

    /// Whole or not at all, and on the disk when this returns.
    static func move(_ old: String, to path: String) throws {
        guard rename(old, path) == 0 else { throw failure(path) }
        try sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    static func sync(_ directory: String) throws {
        let descriptor = Foundation.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(directory) }
        defer { Foundation.close(descriptor) }
        try strike(.sync, directory)
        guard fsync(descriptor) == 0 else { throw failure(directory) }
    }

    static func size(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(path) }
        return Int(status.st_size)
    }

    /// What cannot be removed stays; it is half made and nobody takes it for whole.
    static func remove(_ path: String) {
        do { try FileManager.default.removeItem(atPath: path) } catch { /* as said */  }
    }

    /// A file that was read, or synced before: closing it has nothing more to say.
    static func close(_ handle: FileHandle) {
        do { try handle.close() } catch { /* as said */  }
    }

    static func close(_ store: Store) {
        do { try store.close() } catch { /* it was only read */  }
    }

    static func failure(_ path: String) -> NodeError { failure(path, errno) }

    private static func failure(_ path: String, _ number: Int32) -> NodeError {
        let reason = String(cString: strerror(number))
        let code: NodeError.Code =
            switch number {
            case ENOSPC, EDQUOT: .diskFull
            case EIO, EROFS: .diskFailed
            default: .badConfiguration
            }
        return NodeError(code, "\(path)：\(reason)", "\(path): \(reason)")
    }

    // MARK: Writing

    /// Calls that a disk can fail.
    enum Call: Sendable { case write, sync }

    /// Of tests: the number of the error that a call gives instead of being made, 0 to make it.
    @TaskLocal static var failing: (@Sendable (Call, String) -> Int32)?

    /// All of it, or an error that says which file and why.
    static func write(_ bytes: some Collection<UInt8>, to handle: FileHandle, _ path: String) throws {
        try strike(.write, path)
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(handle.fileDescriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    static func sync(_ handle: FileHandle, _ path: String) throws {
        try strike(.sync, path)
        guard fsync(handle.fileDescriptor) == 0 else { throw failure(path) }
    }

    private static func strike(_ call: Call, _ path: String) throws {
        guard let number = failing?(call, path), number != 0 else { return }
        throw failure(path, number)
    }
}

/// A folder for work in progress inside a node's own: as secret as the store, and one at a time.
struct Scratch {
    let path: String

    init(in folder: NodeFolder) throws {
        path = folder.scratchPath
        guard mkdir(path, 0o700) == 0 else {
            guard errno == EEXIST else { throw Files.failure(path) }
            throw NodeError(.conflict, "正在备份，请稍后再试", "a backup is being made: try again when it is done")
        }
    }

    func remove() { Files.remove(path) }
}
