internal import Logging
internal import NodeCore
internal import NodeFiles
internal import SyncProtocol

extension Node {
    /// Makes the copy of what stays at home and sends it up, where the parent lacks it. Returns its bytes.
    nonisolated func copyHome(through uplink: Uplink) async throws -> Int {
        guard let engine, let folder else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let moment = Node.moment()
        _ = try await Offload.run { [store] in
            try HomeCopyFile.make(of: folder, store, engine.identity, at: moment)
        }
        let bytes = try await uplink.sendCopy(HomeCopyFile.path(in: folder))
        try await noteCopy(at: moment.milliseconds)
        return bytes
    }

    private func noteCopy(at milliseconds: Int64) throws {
        try store.write(Node.moment()) { try Upkeep.noteCopy(at: milliseconds, in: $0) }
    }

    /// Takes the content of an opened copy in.
    func adopt(_ manifest: [UInt8], _ content: [UInt8], by principal: Principal) throws -> HomeCopy.Adopted {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        if let standstill = engine.standstill { throw Standstill.refusal(standstill) }
        try HomeCopyFile.verify(manifest, content, of: engine.identity, trust: engine.trust)
        do {
            let adopted = try store.write(Node.moment()) { try HomeCopy.adopt(content, engine, by: principal, in: $0) }
            logger.notice("a copy of what stays at home was taken in", metadata: ["drafts": "\(adopted.drafts)"])
            return adopted
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "副本内容无法识别：\(error.reason)", "the copy is not readable: \(error.reason)")
        }
    }
}
