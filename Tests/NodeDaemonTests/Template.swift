import BusinessModules
import Foundation
import NodeCore
import SyncProtocol

@testable import NodeDaemon

/// The example tree, founded and enrolled once. Tests run copies of the upper nodes; what the lower ones would send is
/// made here by their own engines.
struct Template: Sendable {
    /// A node that was enrolled and stopped: everything its folder holds.
    struct Image: Sendable {
        let seat: String
        let keyText: String
        /// The store's file and what SQLite keeps beside it, by suffix.
        let files: [String: Data]
    }

    let images: [String: Image]
    /// 370211 with three seals of reports toward the city, and 370285 with two.
    let county, sibling: Member
    /// 370200 after it took and approved the first seal of 370211: a relay, then the approvals, toward the province.
    let city: Member
    /// A city and a county that the province knows and that are not on the way to the others.
    let otherCity, otherCounty: Peer

    private static let made = Result { try Template() }

    static func shared() throws -> Template { try made.get() }

    func image(_ seat: String) throws -> Image {
        guard let image = images[seat] else { throw NodeError(.notFound, "没有 \(seat)", "there is no image of \(seat)") }
        return image
    }

    /// 2026-07-01 in China: the sample counties are of that summer.
    static let start = Moment(milliseconds: 1_782_835_200_000, entropy: { Node.moment().entropy($0) })

    static let folder: String = {
        let path = FileManager.default.temporaryDirectory.path + "/bangfu-\(getpid())"
        atexit {
            do { try FileManager.default.removeItem(atPath: Template.folder) } catch {
                FileHandle.standardError.write(Data("\(Template.folder) could not be removed: \(error)\n".utf8))
            }
        }
        return path
    }()

    static let tree: NodeTree = {
        let seats: [(String, Level, String?, [String])] = [
            ("000000", .national, nil, []), ("370000", .province, "000000", []), ("370100", .city, "370000", ["370000"]),
            ("370200", .city, "370000", ["370000"]), ("370300", .city, "370000", ["370000"]),
            ("370102", .county, "370100", ["370100", "370000"]),
            ("370211", .county, "370200", ["370200", "370000"]), ("370285", .county, "370200", ["370200", "370000"]),
        ]
        return NodeTree(
            seats.map { code, level, parent, chain in
                TreeSeat(
                    code: code, name: code, level: level, parent: parent, address: "127.0.0.1:1", reviewChain: chain,
                    isRelay: false)
            })
    }()

    /// The root key of the federation, whole: for tests of what its holders sign.
    static let root = Result { try SigningKey(suite: .international, seed: [UInt8](repeating: 5, count: 32)) }

    private init() throws {
        try FileManager.default.createDirectory(atPath: Template.folder, withIntermediateDirectories: true)
        // The divisions of every year are half of a new store; only imports ask for them.
        let codes = try BundledData.codes()
        let few = codes.filter { !$0.key.hasPrefix("divisions") }
        let root = try Founding("000000", codes: few, path: Template.folder + "/root.db")
        let province = try Founding("370000", codes: few, path: Template.folder + "/province.db")
        let city = try Founding("370200", codes: few, path: Template.folder + "/city.db")
        let counties = try ["370211", "370285"].map { try Founding($0, codes: codes, path: nil) }
        try province.enrol(at: root)
        try city.enrol(at: province)
        for county in counties { try county.enrol(at: city) }
        let others = try Template.certifyOthers(at: province)
        for founding in [city, province, root] {
            let known = try ([province, city] + counties).flatMap { try $0.member().engine.trust.statements }
            try Template.tell(founding, known + (founding.seat == "370000" ? others.statements : []))
        }
        (otherCity, otherCounty) = (others.city, others.county)
        (county, sibling) = (try counties[0].member(), try counties[1].member())
        try county.prepareReports([4, 4, 3])
        try sibling.prepareReports([3, 3])
        images = try Dictionary(uniqueKeysWithValues: [root, province, city].map { ($0.seat, try $0.image()) })
        self.city = try Founding(reopening: city).member()
        try self.city.take(try county.changesets(toward: self.city.peer.node)[0], from: county)
        try self.city.catchUp(try self.city.parent())
        try self.city.approveAll()
    }

    private static func tell(_ founding: Founding, _ statements: [TrustStatement]) throws {
        let member = try founding.member()
        try member.act(.statements(statements, from: member.peer.node))
    }

    private static func certifyOthers(at province: Founding) throws -> (
        city: Peer, county: Peer, statements: [TrustStatement]
    ) {
        let above = try province.member().peer
        let city = try Peer.stranger(above.federation, trust: above.trust)
        let county = try Peer.stranger(above.federation, trust: above.trust)
        let first = try Certificate(
            above.trust.nextPlace(of: above.node), node: city.node, seat: Seat(code: "370100", level: 2, parent: "370000"),
            key: city.key.publicKey,
            federation: above.federation, issuer: above.key)
        let second = try Certificate(
            .first, node: county.node, seat: Seat(code: "370102", level: 3, parent: "370100"), key: county.key.publicKey,
            federation: above.federation, issuer: city.key)
        return (city, county, [.certificate(first), .certificate(second)])
    }
}

/// A node while the federation is being founded.
struct Founding {
    let seat: String
    let path: String?
    let keyText: String
    let key: SigningKey
    let store: Store

    init(_ seat: String, codes: [String: [Code]], path: String?) throws {
        self.seat = seat
        self.path = path
        keyText = NodeSetup.keyText(entropy: Template.start.entropy)
        key = try NodeSetup.makeKey(text: keyText)
        store =
            try path.map { try Store(path: $0, charter: Catalog.charter, key: .known) } ?? Store(inMemory: Catalog.charter)
        let plan = NodeSetup.Plan(
            seat: seat, tree: Template.tree, codes: codes, parameters: try BundledData.parameters())
        let root = seat == "000000" ? try Template.root.get() : nil
        try store.write(Template.start) { [key] in try NodeSetup.create(plan, key: key, root: root, in: $0) }
    }

    /// The store of a founding that was closed, opened again.
    init(reopening other: Founding) throws {
        (seat, path, keyText, key) = (other.seat, other.path, other.keyText, other.key)
        store = try Store(path: other.path ?? "", charter: Catalog.charter, key: .known)
    }

    func member() throws -> Member { try Member(store: store, key: key) }

    func enrol(at parent: Founding) throws {
        let above = try parent.member().engine
        let invitation = try parent.store.write(Template.start) {
            try Enrolment(above).invite(seat: seat, by: Principal("test"), in: $0)
        }
        guard let place = try store.read({ try NodeSetup.place(in: $0) }) else { return }
        let request = try EnrolmentRequest(invitation, node: place.node, key: key)
        try parent.store.write(Template.start) { tx in
            guard try Enrolment(above).accept(request, in: tx) == nil else { return }
            _ = try Enrolment(above).confirm(
                seat: seat, fingerprint: request.key.id, by: Principal("test"), in: tx)
        }
        let informed = try parent.member().engine
        let statements = try parent.store.write(Template.start) { try Enrolment(informed).accept(request, in: $0) } ?? []
        try store.write(Template.start) { tx in
            try Enrolment.complete(invitation, statements, node: place.node, key: key, in: tx)
        }
    }

    func image() throws -> Template.Image {
        try store.close()
        var files = [String: Data]()
        for suffix in ["", "-wal"] { files[suffix] = FileManager.default.contents(atPath: (path ?? "") + suffix) }
        return Template.Image(seat: seat, keyText: keyText, files: files)
    }
}
