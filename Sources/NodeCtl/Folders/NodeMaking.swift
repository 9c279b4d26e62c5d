import BusinessModules
import NodeCore
import SyncProtocol

/// Makes the folder of a new node: key, certificate, store.
enum NodeMaking {
    private static let certificateSeconds: Int64 = 10 * 365 * 86_400
    /// A neighbour's clock may be behind.
    private static let clockSlackSeconds: Int64 = 86_400

    static func make(_ path: String, seat code: String, tree: NodeTree, suite: Suite, at moment: Moment) throws -> NodeFolder
    {
        guard let seat = tree.seat(code), let address = HostPort(seat.address) else {
            throw NodeError(.badConfiguration, "拓扑中没有单位 \(code)", "the topology has no seat \(code)")
        }
        let seconds = moment.milliseconds / 1_000
        let certificate = try TLSCertificate(
            host: address.host, name: "bangfu \(code)", serial: moment.entropy(16), begin: seconds - clockSlackSeconds,
            end: seconds + certificateSeconds)
        let keyText = NodeSetup.keyText(suite, entropy: moment.entropy)
        let contents = NodeFolder.Contents(
            config: try NodeConfig(seat: code, listen: seat.address), keyText: keyText,
            tlsCertificate: certificate.certificatePEM, tlsKey: certificate.keyPEM)
        let key = try NodeSetup.makeKey(text: keyText)
        let plan = NodeSetup.Plan(
            seat: code, tree: tree, codes: try BundledData.codes(), parameters: try BundledData.parameters())
        return try NodeFolder.create(path, contents) { folder in
            let store = try Store(path: folder.storePath, charter: Catalog.charter)
            try store.write(moment) { try NodeSetup.create(plan, key: key, in: $0) }
            try store.close()
        }
    }
}
