import BusinessModules
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct ScopeTests {
    @Test func `a county does not report another county's file number`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let parent = try await node.id
            let (county, sibling) = (template.county.peer, template.sibling.peer)
            let forge = Forge(author: county, parent: parent)
            let foreign = try template.sibling.changesets(toward: parent)[0]
            let contexts = foreign.seal.contexts.map(forge.own)
            let gateway = try await node.gateway(county)
            let stolen = try forge.changeset(
                try forge.seal(try foreign.body.block.items, contexts), try foreign.body)
            try await expectRejectedEntry(.outOfScope, of: stolen, at: node, through: gateway, as: county)
            #expect(try await node.api.recordCount() == 0)
            try await expectTaken(foreign, at: node, through: try await node.gateway(sibling), as: sibling)
            #expect(try await node.api.recordCount() == 3)
        }
    }

    @Test func `a county does not report a new version of another county's record`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let parent = try await node.id
            let (county, sibling) = (template.county.peer, template.sibling.peer)
            let forge = Forge(author: county, parent: parent)
            let own = try template.county.changesets(toward: parent)[0]
            let foreign = try template.sibling.changesets(toward: parent)[0]
            try await expectTaken(foreign, at: node, through: try await node.gateway(sibling), as: sibling)
            let record = try foreign.body.block.items[0].entry.core.record
            let items = try own.body.block.items.prefix(1).map { item in
                var core = item.entry.core
                core.record = record
                core.version = 2
                core.previous = try foreign.body.block.leaves(foreign.seal.contexts)[0]
                let sections = item.entry.sections.map { ($0.reach, Array($0.bytes ?? [])) }
                return EntryBlock.Item(
                    context: item.context, entry: Entry(core: core, seed: item.entry.seed ?? [], sections: sections))
            }
            let forged = try forge.changeset(
                try forge.seal(items, own.seal.contexts), Body(block: EntryBlock(items), excerpts: []))
            try await expectRejectedEntry(
                .foreignAuthor, of: forged, at: node, through: try await node.gateway(county), as: county)
            #expect(try await node.api.recordCount() == 3)
        }
    }

    @Test func `a city passes on nothing of a county that is not below it`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370000") { node in
            let province = try await node.id
            let (city, other) = (template.city.peer, template.otherCity)
            // A true seal of the county 370102, as 370100 holds it.
            let below = Forge(author: template.otherCounty, parent: other.node)
            let reports = try template.sibling.changesets(toward: city.node)[0]
            let items = try reports.body.block.items
            let seal = try below.seal(items, reports.seal.contexts.map(below.own))

            let thief = Forge(author: city, parent: province)
            let relayed = try Self.relay(seal, by: thief)
            let gateway = try await node.gateway(city)
            try await expectRejectedEntry(.outOfScope, of: relayed, at: node, through: gateway, as: city)

            let honest = Forge(author: other, parent: province)
            try await expectTaken(
                try Self.relay(seal, by: honest), at: node, through: try await node.gateway(other), as: other)
            let passed = try Self.pass(items[0].entry, of: seal, items, by: thief, after: relayed.seal)
            try await expectRejectedEntry(.outOfScope, of: passed, at: node, through: gateway, as: city)
            #expect(try await node.api.recordCount() == 0)
        }
    }

    /// The first seal of a city's log: it carries one seal from below.
    private static func relay(_ seal: Seal, by forge: Forge) throws -> Changeset {
        let context = EntryContext(
            author: forge.author.node, incarnation: forge.author.incarnation, kind: 0, schema: 0, placement: 1)
        let entry = Entry(
            core: EntryCore(type: .relay, reaches: [.nation]), seed: Node.moment().entropy(16),
            sections: [(.nation, seal.message.encoded)])
        let items = [EntryBlock.Item(context: 0, entry: entry)]
        return try forge.changeset(try forge.seal(items, [context]), Body(block: EntryBlock(items), excerpts: []))
    }

    /// A pass for one report, with the report as an excerpt of the seal below.
    private static func pass(
        _ report: Entry, of seal: Seal, _ all: [EntryBlock.Item], by forge: Forge, after last: Seal
    ) throws -> Changeset {
        let leaves = EntryBlock(all).leaves(seal.contexts)
        let core = EntryCore(
            type: .pass, record: report.core.record, version: report.core.version, subject: leaves[0])
        let items = [
            EntryBlock.Item(
                context: 0, entry: Entry(core: core, seed: Node.moment().entropy(16), sections: []))
        ]
        let level = report.core.ceiling.flatMap { Level(rawValue: Int($0)) } ?? .province
        let shown: Set<Reach> = level >= .city ? [.nation] : [.nation, .reviewers]
        let excerpt = Excerpt(
            seal: seal, leaves: leaves, indexes: [0], items: [.init(context: 0, entry: report.reduced(to: shown))])
        let own = try forge.seal(
            items, seal.contexts.prefix(1).map(forge.own), first: last.next, previous: last.hash)
        return try forge.changeset(own, Body(block: EntryBlock(items), excerpts: [excerpt]))
    }
}
