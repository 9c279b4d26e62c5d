import BusinessModules
import Foundation
import NodeCore
import NodeFiles

/// Answers questions from the store of a node whose daemon does not run.
enum StoppedNode {
    static func answer(_ request: API.Request, _ folder: NodeFolder) throws -> (status: Int, bytes: [UInt8]) {
        let store = try Store(readOnly: folder.storePath, key: folder.storeKey())
        let key = try folder.current()
        let engine = try store.read { try NodeSetup.engine(charter: Catalog.charter, key: key, in: $0) }
        let host = HostFacts(
            address: folder.config.listen, tlsCertificate: try folder.tlsCertificate(), version: Nodectl.version,
            files: folder.storeFiles.filter { FileManager.default.fileExists(atPath: $0) })
        let (reply, _) = try Catalog.api.answer(
            request, engine: engine, charter: Catalog.charter, host: host, store: store, moment: .now)
        try store.close()
        return (reply.status, reply.json)
    }
}
