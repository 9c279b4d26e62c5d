import SyncProtocol
import Testing

@Suite struct EntryTests {
    let context: EntryContext

    init() throws {
        context = try {
            let union = try Union(); return union.context(union.county)
        }()
    }

    @Test func `reduction leaves the hash and takes the seed`() {
        let entry = report(1), hash = entry.hash(in: context.digest)
        for shown in [[Reach.nation], [.nation, .reviewers], [.city], []] as [Set<Reach>] {
            let reduced = entry.reduced(to: shown)
            #expect(reduced.hash(in: context.digest) == hash)
            #expect(reduced.seed == nil)
            #expect(!reduced.isComplete)
            #expect(Set(reduced.sections.filter { $0.bytes != nil }.map(\.reach)) == shown)
            #expect(reduced.sections.allSatisfy { ($0.bytes == nil) == ($0.salt == nil) })
            #expect(reduced.reduced(to: Set(Reach.allCases)) == reduced)
        }
    }

    @Test func `showing all leaves the entry as it is`() {
        #expect(report(1).reduced(to: [.nation, .reviewers, .city, .match]) == report(1))
        #expect(report(1).isComplete && report(1).seed != nil)
    }

    @Test func `salts follow from the seed and differ by index`() throws {
        let seed = [UInt8](repeating: 7, count: 16)
        #expect(Entry.salt(seed, 0) == KeyDerivation.hkdf(secret: seed, info: [0], count: 16))
        #expect(Set((0..<5).map { Entry.salt(seed, $0) }).count == 5)
        #expect(Entry.salt(seed, 0).count == 16)
        #expect(report(1).sections.enumerated().allSatisfy { $1.salt == Entry.salt(report(1).seed ?? [], $0) })
    }

    @Test func `a section's digest covers its salt and every bit of it`() {
        let section = report(1).sections[0]
        let bytes = Array(section.bytes ?? []), salt = section.salt ?? []
        #expect(section.digest == DigestBuilder.digest(.section, salt[...], bytes[...]))
        for bit in 0..<(bytes.count + 16) * 8 {
            var altered = salt + bytes
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            let other = Section(reach: section.reach, bytes: altered[16...], salt: Array(altered[..<16]))
            #expect(other.digest != section.digest)
        }
    }

    @Test func `the hash covers context, core and every section`() throws {
        let entry = report(1), hash = entry.hash(in: context.digest)
        let union = try Union()
        let others = [
            union.context(union.city), union.context(union.county, kind: 2),
            EntryContext(author: context.author, incarnation: context.incarnation, kind: 1, schema: 4, placement: 1),
            EntryContext(author: context.author, incarnation: context.incarnation, kind: 1, schema: 3, placement: 2),
        ]
        #expect(Set(others.map { entry.hash(in: $0.digest) }.filter { $0 != hash }).count == others.count)
        #expect(report(2).hash(in: context.digest) != hash)
    }

    @Test func `the hash is put together as the document says`() {
        let entry = report(1)
        var bytes: [UInt8] = context.digest.bytes
        let size = entry.coreBytes.count
        bytes += [0, 0, UInt8(size >> 8), UInt8(size & 0xFF)]
        bytes += entry.coreBytes
        for section in entry.sections { bytes += section.digest.bytes }
        #expect(entry.hash(in: context.digest) == DigestBuilder.digest(.leaf, bytes[...]))
    }

    @Test func `an entry without sections has no seed, since nothing would bind it`() {
        let entry = Entry(core: EntryCore(type: .relay), seed: [UInt8](repeating: 1, count: 16), sections: [])
        #expect(entry.seed == nil)
        #expect(entry.isComplete)
    }
}
