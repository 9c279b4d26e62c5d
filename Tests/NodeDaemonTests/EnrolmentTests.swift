import BusinessModules
import Foundation
import NIOHTTP1
import SyncProtocol
import Testing

@testable import NodeCore
import NodeFiles
@testable import NodeDaemon

@Suite struct EnrolmentTests {
    private struct Applicant: Sendable {
        let peer: Peer

        init() throws {
            let template = try Template.shared()
            peer = try Peer.stranger(template.county.peer.federation, trust: template.county.peer.trust)
        }

        func ask(_ node: TestNode, _ invitation: Invitation) async throws -> (status: Int, code: String, body: [UInt8]) {
            let request = try EnrolmentRequest(invitation, node: peer.node, key: peer.key)
            let answer = try await node.line.call(.POST, "/sync/enrol", request.message.encoded)
            return (answer.status, ParentClient.refusal(answer.status, answer.body).code, answer.body)
        }
    }

    private static func invite(_ seat: String, at node: TestNode) async throws -> Invitation {
        let answer = try await node.api.post("/api/v1/enrolments", ["seat": seat])
        #expect(answer.status == 201)
        return try #require(try answer.decode(EnrolmentEndpoints.InvitationFile.self).invitation)
    }

    private static func confirm(_ fingerprint: KeyID, at node: TestNode) async throws {
        let answer = try await node.api.post(
            "/api/v1/enrolments/370300/confirm", ["fingerprint": fingerprint.description])
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func `of a hundred uses of one code at once exactly one wins`() async throws {
        try await TestNode.run("370000") { node in
            let invitation = try await Self.invite("370300", at: node)
            let answers = try await withThrowingTaskGroup(of: (Int, String, [UInt8]).self) { group in
                for _ in 0..<100 {
                    group.addTask { try await Applicant().ask(node, invitation) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.0 == 202 } == 1)
            #expect(answers.count { $0.0 == 403 && $0.1 == "code-used" } == 99)
            let late = try await Applicant().ask(node, invitation)
            #expect(late.code == "code-used")
            try await expectHealthy(node)
        }
    }

    @Test func `of a hundred uses at once, half by line and half by file, exactly one wins`() async throws {
        try await TestNode.run("370000") { node in
            let invitation = try await Self.invite("370300", at: node)
            let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let applicant = try Applicant()
                        guard number % 2 == 0 else {
                            let answer = try await applicant.ask(node, invitation)
                            return (answer.status == 202 ? 200 : answer.status, answer.code)
                        }
                        let request = try EnrolmentRequest(invitation, node: applicant.peer.node, key: applicant.peer.key)
                        let answer = try await node.api.post(
                            "/api/v1/enrolments/requests", ["request": Hex.encode(request.message.encoded)])
                        return (answer.status, answer.status == 200 ? "" : try answer.code)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.0 == 200 } == 1)
            #expect(answers.count { $0.0 == 403 && $0.1 == "code-used" } == 99)
            let list = try await node.api.get("/api/v1/enrolments").text
            #expect(list.components(separatedBy: "\"asked\"").count == 2, "\(list)")
        }
    }

    @Test func `the winner may ask again, as the same use`() async throws {
        try await TestNode.run("370000") { node in
            let invitation = try await Self.invite("370300", at: node)
            let applicant = try Applicant()
            #expect(try await applicant.ask(node, invitation).status == 202)
            #expect(try await applicant.ask(node, invitation).status == 202)
            let wrong = try await node.api.post(
                "/api/v1/enrolments/370300/confirm", ["fingerprint": String(repeating: "0", count: 32)])
            #expect(wrong.status == 409)
            try await Self.confirm(applicant.peer.key.publicKey.id, at: node)
            let first = try await applicant.ask(node, invitation)
            let second = try await applicant.ask(node, invitation)
            #expect(first.status == 200 && second.status == 200 && first.body == second.body)
            let seats = try StatementList.decode(first.body).compactMap {
                if case .certificate(let certificate) = $0 { certificate.seat.code } else { nil }
            }
            #expect(seats.contains("370300") && seats.first == "")
        }
    }

    @Test func `an expired code and one for another seat or parent are refused alike`() async throws {
        try await TestNode.run("370000") { node in
            let engine = try #require(node.node.engine)
            let dayBefore = Moment(
                milliseconds: Node.moment().milliseconds - 25 * 3_600_000, entropy: Node.moment().entropy)
            let store = await node.node.store
            let expired = try store.write(dayBefore) {
                try Enrolment(engine).invite(seat: "370300", by: Principal("test"), in: $0)
            }
            #expect(try await Applicant().ask(node, expired).code == "code-used")

            let good = try await Self.invite("370300", at: node)
            let applicant = try Applicant()
            func altered(seat: String? = nil, parent: NodeID? = nil, code: [UInt8]? = nil) -> Invitation {
                Invitation(
                    federation: good.federation, seat: seat ?? good.seat, parent: parent ?? good.parent,
                    code: code ?? good.code, root: good.root, expires: good.expires)
            }
            for wrong in [
                altered(seat: "370200"), altered(seat: "999999"), altered(parent: applicant.peer.node),
                altered(code: [UInt8](repeating: 1, count: 16)), altered(code: []),
            ] {
                let answer = try await applicant.ask(node, wrong)
                #expect(answer.status == 403 && answer.code == "code-used", "\(answer)")
            }
            // None of these attempts used the code up.
            #expect(try await applicant.ask(node, good).status == 202)
        }
    }

    @Test func `a seat that is not directly below is not invited`() async throws {
        try await TestNode.run("370000") { node in
            for seat in ["370211", "000000", "370000", "440000", ""] {
                let answer = try await node.api.post("/api/v1/enrolments", ["seat": seat])
                let code = try answer.code
                #expect(answer.status == 403 && code == "not-allowed", "\(seat)")
            }
        }
    }

    @Test func `a request that is not signed by the key it names is refused`() async throws {
        try await TestNode.run("370000") { node in
            let invitation = try await Self.invite("370300", at: node)
            let peer = try Applicant().peer
            let request = try EnrolmentRequest(invitation, node: peer.node, key: peer.key)
            let thief = try SignedMessage(
                signing: Array(request.message.payload), as: .enrolment, in: peer.federation, with: Applicant().peer.key)
            for bytes in [thief.encoded, [], [0xFF], Array(request.message.encoded.dropLast())] {
                let answer = try await node.line.call(.POST, "/sync/enrol", bytes)
                #expect(answer.status == 403 || answer.status == 422, "\(answer.status)")
            }
            #expect(try await Applicant().ask(node, invitation).status == 202)
        }
    }

    @Test func `of a code only its digest is kept`() async throws {
        try await TestNode.run("370000") { node in
            let invitation = try await Self.invite("370300", at: node)
            let files = try node.folder.storeFiles.filter(FileManager.default.fileExists).map {
                try Data(contentsOf: URL(fileURLWithPath: $0))
            }
            #expect(files.contains { $0.range(of: Data("administrator".utf8)) != nil })
            for form in [Data(invitation.code), Data(Hex.encode(invitation.code).utf8)] {
                #expect(!files.contains { $0.range(of: form) != nil })
            }
            #expect(try await !node.api.get("/api/v1/enrolments").text.contains(Hex.encode(invitation.code)))
        }
    }

    @Test func `a new node joins by its invitation, once, and only by its own`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("370000") { parent in
            let file = try await parent.api.post("/api/v1/enrolments", ["seat": "370300"])
            try await TestNode.run(try TestFolder.make(new: "370300", in: scratch)) { node in
                #expect(try await node.api.get("/readyz").status == 503)
                #expect(try await node.api.get("/healthz").status == 200)
                #expect(try await node.line.call(.POST, "/sync/hello", []).status == 503)
                let early = try await node.api.get("/api/v1/sync/status")
                let code = try early.code
                #expect(early.status == 409 && code == "not-enrolled")
                let noInvitation = try await node.api.call("POST", "/api/v1/enrolments/join", Array("{}".utf8))
                #expect(noInvitation.status == 400)
                let joining = Array("{\"invitation\": ".utf8) + file.body + Array("}".utf8)
                let asked = try await node.api.call("POST", "/api/v1/enrolments/join", joining)
                #expect(asked.status == 202, "\(asked.text)")
                struct Asked: Decodable { let fingerprint: String }
                let fingerprint = try #require(KeyID(hex: try asked.decode(Asked.self).fingerprint))
                #expect(try await node.api.get("/readyz").status == 503)
                try await Self.confirm(fingerprint, at: parent)
                let joined = try await node.api.call("POST", "/api/v1/enrolments/join", joining)
                #expect(joined.status == 200, "\(joined.text)")
                let engine = try #require(node.node.engine)
                // The shape of its tables is noted while they are empty: its next start has nothing to fill again.
                let store = await node.node.store
                #expect(try !store.read { try Reprojection.isDue(engine, in: $0) })
                #expect(try await node.api.get("/readyz").status == 200)
                let again = try await node.api.call("POST", "/api/v1/enrolments/join", joining)
                #expect(again.status == 409)
            }
            try await TestNode.run(try TestFolder.make(new: "370102", in: scratch)) { node in
                let wrong = try await node.api.call(
                    "POST", "/api/v1/enrolments/join", Array("{\"invitation\": ".utf8) + file.body + Array("}".utf8))
                #expect(wrong.status == 422)
                #expect(try await node.api.get("/readyz").status == 503)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a node that hears of its new certificate before it has asked for it completes its enrolment all the same`()
        async throws
    {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run("370000") { province in
            let id = template.city.peer.node
            struct Theft: Encodable { let reason = "示例" }
            struct Again: Encodable { let seat = "370200", again = true }
            let revoked = try await province.api.post("/api/v1/enrolments/370200/revoke", Theft())
            #expect(revoked.status == 200, "\(revoked.text)")
            let answer = try await province.api.post("/api/v1/enrolments", Again())
            let invitation = try #require(try answer.decode(EnrolmentEndpoints.InvitationFile.self).invitation)
            try await TestNode.run(try TestFolder.make(try template.image("370200"), in: scratch)) { city in
                let first = city.node.engine?.identity.incarnation
                let request = try await city.node.request(for: invitation)
                let asked = try await province.line.call(.POST, "/sync/enrol", request.message.encoded)
                #expect(asked.status == 202)
                let confirmed = try await province.api.post(
                    "/api/v1/enrolments/370200/confirm", ["fingerprint": request.key.id.description])
                #expect(confirmed.status == 200, "\(confirmed.text)")
                // What its uplink does after a refusal that speaks of its key.
                let known = try await province.line.plain(.GET, "/sync/trust?node=\(id)")
                let parent = try await province.id
                try await city.node.handle(.statements(try StatementList.decode(known), from: parent))
                #expect(await city.node.key.publicKey != request.key)
                let last = try await province.line.call(
                    .POST, "/sync/enrol", try await city.node.request(for: invitation).message.encoded)
                #expect(last.status == 200)
                try await city.node.complete(invitation, try StatementList.decode(last.body))
                #expect(await city.node.key.publicKey == request.key)
                #expect(city.node.engine?.identity.incarnation != first)
                #expect(city.node.engine?.standstill == nil)
            }
        }
        withExtendedLifetime(scratch) {}
    }
}
