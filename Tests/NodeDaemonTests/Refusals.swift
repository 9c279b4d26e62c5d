import Foundation
import NIOHTTP1
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

/// Expects all that a refusal of a whole changeset must leave: the code for the sender, a count, a line where people look,
/// and nothing else in the store; the node lives.
func expectRefused(
    _ bytes: [UInt8], _ codes: Set<ProtocolError.Code>, at node: TestNode, through gateway: Gateway, _ note: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let before = try await node.api.content()
    let counts = try await node.api.get("/metrics").text
    let reply = try await gateway.upload(bytes)
    let code = try #require(
        ProtocolError.Code(rawValue: reply.code), "\(note): \(reply.status) \(reply.code)", sourceLocation: sourceLocation)
    #expect(reply.isSealed, sourceLocation: sourceLocation)
    #expect(codes.contains(code), "\(note): \(code.rawValue)", sourceLocation: sourceLocation)
    #expect(reply.status == code.status, "\(note)", sourceLocation: sourceLocation)
    let name = "bangfu_refused_total{code=\"\(code.rawValue)\"}"
    #expect(
        try await node.api.metric(name) == LocalAPI.metric(name, in: counts) + 1, "\(note)",
        sourceLocation: sourceLocation)
    let subject = "changeset \(Gateway.name(bytes))"
    let lines = try await node.api.quarantine().filter { $0.subject == subject }
    #expect(lines.map(\.code) == [code.rawValue], "\(note)", sourceLocation: sourceLocation)
    #expect(try await node.api.content() == before, "\(note)", sourceLocation: sourceLocation)
    try await expectHealthy(node, sourceLocation: sourceLocation)
}

func expectHealthy(_ node: TestNode, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    #expect(try await node.api.get("/healthz").status == 200, sourceLocation: sourceLocation)
    #expect(try await node.line.call(.GET, "/healthz", []).status == 200, sourceLocation: sourceLocation)
}

/// Expects that a changeset is taken: the receipt says how far the log is held.
func expectTaken(
    _ changeset: Changeset, at node: TestNode, through gateway: Gateway, as peer: Peer,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let reply = try await gateway.upload(changeset.encoded)
    try #require(reply.status == 200, "\(reply.status) \(reply.code)", sourceLocation: sourceLocation)
    let receipt = try Receipt(verifying: reply.body[...], from: try await node.id, trust: peer.trust)
    #expect(receipt.durable == changeset.seal.next, sourceLocation: sourceLocation)
    #expect(receipt.durableHash == changeset.seal.hash, sourceLocation: sourceLocation)
}

/// Expects that an entry of a changeset that was taken ended as rejected with this code, visibly.
func expectRejectedEntry(
    _ code: ProtocolError.Code, of changeset: Changeset, at node: TestNode, through gateway: Gateway, as peer: Peer,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let name = "bangfu_entries_total{kind=\"rejected\",stage=\"apply\"}"
    let digest = try await node.api.get("/api/v1/digest").text
    let rejected = try await node.api.metric(name)
    try await expectTaken(changeset, at: node, through: gateway, as: peer, sourceLocation: sourceLocation)
    #expect(try await node.api.metric(name) > rejected, sourceLocation: sourceLocation)
    #expect(
        try await node.api.metric("bangfu_quarantine{code=\"\(code.rawValue)\"}") > 0, sourceLocation: sourceLocation)
    let lines = try await node.api.quarantine().filter { $0.subject.hasSuffix("seal \(changeset.seal.hash)") }
    #expect(lines.contains { $0.code == code.rawValue }, "\(lines)", sourceLocation: sourceLocation)
    #expect(try await node.api.get("/api/v1/digest").text == digest, sourceLocation: sourceLocation)
    try await expectHealthy(node, sourceLocation: sourceLocation)
}
