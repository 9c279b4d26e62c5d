internal import NodeCore
internal import SyncProtocol

/// A machine between two nodes that reads and alters what passes. It can pack again; what it cannot do is sign.
enum Gateway {
    enum Alteration { case cut, swap }

    /// The changeset with a section taken out or exchanged; nil when it has none that could be.
    static func alter(_ bytes: [UInt8], _ alteration: Alteration, _ entropy: Entropy) throws -> [UInt8]? {
        guard let parts = try Parts(bytes), let body = altered(parts.body, alteration, entropy) else { return nil }
        return parts.cover(Array(bytes[..<parts.packedStart]), try Packing.pack(body.encoded))
    }

    /// A relay that alters the reports it passes on and signs the cover for them: its own key is good, its seal too.
    static func forge(_ bytes: [UInt8], _ identity: NodeIdentity, _ entropy: Entropy) throws -> [UInt8]? {
        guard let parts = try Parts(bytes), let receiver = parts.cover.receiver,
            let excerpts = forged(parts.body.excerpts, entropy)
        else { return nil }
        let unpacked = Body(block: parts.body.block, excerpts: excerpts).encoded
        let packed = try Packing.pack(unpacked)[...]
        let cover = try Cover(
            sender: identity.node, receiver: receiver, seal: parts.seal, packed: packed, unpackedSize: unpacked.count,
            federation: identity.federation, key: identity.key)
        return Changeset(cover: cover, seal: parts.seal, packed: packed).encoded
    }

    private struct Parts {
        let cover: Cover
        let seal: Seal
        let body: Body
        let packedStart: Int

        init?(_ bytes: [UInt8]) throws {
            guard bytes.count > Changeset.preambleSize else { return nil }
            let size = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
            packedStart = Changeset.preambleSize + size
            guard packedStart < bytes.count else { return nil }
            cover = try Cover(decoding: bytes[Changeset.preambleSize..<packedStart])
            seal = try Seal(decoding: cover.seal[...])
            body = try Body(unpacking: bytes[packedStart...], size: cover.unpackedSize, of: seal)
        }

        func cover(_ head: [UInt8], _ packed: [UInt8]) -> [UInt8] { head + packed }
    }

    private static func altered(_ body: Body, _ alteration: Alteration, _ entropy: Entropy) -> Body? {
        guard let index = pick(body.block.items, entropy) else { return nil }
        var items = body.block.items
        items[index] = .init(
            context: items[index].context,
            entry: alteration == .cut ? items[index].entry.reduced(to: []) : another(items[index].entry, entropy))
        return Body(block: EntryBlock(items), excerpts: body.excerpts)
    }

    private static func forged(_ excerpts: [Excerpt], _ entropy: Entropy) -> [Excerpt]? {
        let candidates = excerpts.indices.filter { index in
            excerpts[index].block.items.contains { $0.entry.core.type == .report }
        }
        guard !candidates.isEmpty else { return nil }
        var excerpts = excerpts
        let chosen = candidates[entropy.below(candidates.count)]
        var items = excerpts[chosen].block.items
        for index in items.indices where items[index].entry.core.type == .report {
            items[index] = .init(context: items[index].context, entry: another(items[index].entry, entropy))
        }
        excerpts[chosen] = excerpts[chosen].replacing(EntryBlock(items))
        return excerpts
    }

    private static func pick(_ items: [EntryBlock.Item], _ entropy: Entropy) -> Int? {
        let candidates = items.indices.filter { index in items[index].entry.sections.contains { $0.bytes != nil } }
        return candidates.isEmpty ? nil : candidates[entropy.below(candidates.count)]
    }

    /// The same core with other content, and the same sections shown.
    private static func another(_ entry: Entry, _ entropy: Entropy) -> Entry {
        let shown = Set(entry.sections.filter { $0.bytes != nil }.map(\.reach))
        let made = Entry(
            core: entry.core, seed: entropy.bytes(16),
            sections: entry.sections.map { ($0.reach, changed($0.bytes.map { Array($0) } ?? [0xA0])) })
        return made.reduced(to: shown)
    }

    /// A larger amount where there is one, else another last byte.
    private static func changed(_ section: [UInt8]) -> [UInt8] {
        let decoded: CanonicalValue
        do { decoded = try CanonicalValue(decoding: section[...]) } catch { return section + [0] }
        guard case .map(let fields) = decoded else { return section.dropLast() + [(section.last ?? 0) ^ 1] }
        return CanonicalValue.map(
            fields.map { field in
                guard field.key == Sheet.amount.definition.tag, case .integer(let amount) = field.value else { return field }
                return .init(field.key, .integer(amount &+ 100_000_000))
            }
        ).encoded
    }
}
