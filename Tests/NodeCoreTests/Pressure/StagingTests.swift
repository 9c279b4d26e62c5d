import NodeCore
import SyncProtocol
import Testing

@Suite struct StagingTests {
    private static func peer(_ number: UInt64) -> NodeID { NodeID(words: [number, 1]) }

    private static func limits() -> PressureLimits {
        var limits = PressureLimits()
        limits.stagedBytesPerChild = 1_000
        limits.stagedBytes = 1_500
        limits.stagedUploads = 2
        limits.stagedSeconds = 60
        return limits
    }

    private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }

    @Test func `parts follow each other, and another cover begins anew`() throws {
        var staging = Staging(Self.limits())
        let peer = Self.peer(1)
        #expect(try staging.add(Self.bytes(10), of: peer, cover: "a", offset: 0, at: 0) == 10)
        #expect(try staging.add(Self.bytes(10), of: peer, cover: "a", offset: 11, at: 0) == nil)
        #expect(try staging.add(Self.bytes(10), of: peer, cover: "b", offset: 10, at: 0) == nil)
        #expect(try staging.add(Self.bytes(10), of: peer, cover: "a", offset: .max, at: 0) == nil)
        #expect(try staging.add(Self.bytes(5), of: peer, cover: "a", offset: 10, at: 0) == 15)
        #expect(staging.held(peer, cover: "a") == 15 && staging.held(peer, cover: "b") == 0)
        #expect(try staging.add(Self.bytes(3), of: peer, cover: "b", offset: 0, at: 0) == 3)
        #expect(staging.held(peer, cover: "a") == 0 && staging.totalBytes == 3)
    }

    @Test func `no child has more under way than it may, nor all of them together, nor too many at once`() throws {
        var staging = Staging(Self.limits())
        func isFull(_ peer: UInt64, _ count: Int) throws -> Bool {
            do { return try staging.add(Self.bytes(count), of: Self.peer(peer), cover: "c", offset: 0, at: 0) == nil } catch
                let error as NodeError
            {
                #expect(error.code == .stagingFull && error.code.status == 429)
                return true
            }
        }
        #expect(try isFull(1, 1_001))
        #expect(try !isFull(1, 1_000))
        #expect(try isFull(2, 501))
        #expect(try !isFull(2, 400))
        // A third upload has no place, however small.
        #expect(try isFull(3, 1))
        #expect(staging.count == 2 && staging.totalBytes == 1_400)
    }

    @Test func `the credit is what may still be sent, and comes back when it is applied`() throws {
        var staging = Staging(Self.limits())
        let peer = Self.peer(1)
        #expect(staging.credit(of: peer) == 1_000)
        _ = try staging.add(Self.bytes(600), of: peer, cover: "a", offset: 0, at: 0)
        #expect(staging.credit(of: peer) == 400 && staging.credit(of: Self.peer(2)) == 900)
        #expect(staging.take(peer)?.count == 600)
        // Not applied yet: still under way.
        #expect(staging.credit(of: peer) == 400 && staging.bytes(of: peer) == 600)
        staging.finish(peer, count: 600)
        #expect(staging.credit(of: peer) == 1_000 && staging.totalBytes == 0)
        #expect(staging.take(peer) == nil)
    }

    @Test func `an upload that nobody goes on with is let go`() throws {
        var staging = Staging(Self.limits())
        _ = try staging.add(Self.bytes(10), of: Self.peer(1), cover: "a", offset: 0, at: 0)
        _ = try staging.add(Self.bytes(10), of: Self.peer(2), cover: "b", offset: 0, at: 30_000)
        _ = try staging.add(Self.bytes(10), of: Self.peer(1), cover: "a", offset: 10, at: 59_999)
        staging.collect(at: 90_000)
        #expect(staging.held(Self.peer(1), cover: "a") == 20 && staging.held(Self.peer(2), cover: "b") == 0)
        staging.collect(at: 119_999)
        #expect(staging.count == 0)
    }
}
