import BusinessModules
import Foundation
@testable import NodeCore
import NodeSimulator
import SyncProtocol
import Testing

/// S.9: what happens at one node and concerns somebody at another.
@Suite struct NotificationTests {
    private func list(_ world: inout World, _ seat: String, as person: String = "test") throws
        -> NotificationEndpoints.ListView
    {
        let reply = try County.call(&world, seat, .init("GET", "notifications", principal: Principal(person)))
        return try County.json(reply, as: NotificationEndpoints.ListView.self)
    }

    private func events(_ world: inout World, _ seat: String) throws -> [String] {
        try list(&world, seat).items.map { "\($0.event) \($0.role) \($0.times)" }.sorted()
    }

    @Test func `each side hears what concerns it, once, and the counts are true`() throws {
        var world = try County.world(seed: 701)
        let keys = try world.take(County.records(standard: "2", 4))
        #expect(try world.report(keys).done == 4)
        try world.settle()
        #expect(try events(&world, World.city) == ["arrived city_reviewer 4"])
        #expect(try list(&world, World.city).items.first?.zh == "370211 上报 4 件困难职工档案待审")
        #expect(try events(&world, World.home).isEmpty && events(&world, World.province).isEmpty)
        _ = try world.sendBack([keys[0]], at: World.city)
        _ = try world.approve(Array(keys[1...3]), at: World.city)
        try world.settle()
        // An approval on the way changes nothing at the home yet.
        #expect(try events(&world, World.home) == ["returned clerk 1"])
        let returned = try #require(try list(&world, World.home).items.first)
        #expect(returned.key == keys[0] && returned.code == "02" && returned.en.hasPrefix("\(keys[0]) was returned"))
        #expect(try events(&world, World.province) == ["arrived province_reviewer 3"])
        _ = try world.approve(Array(keys[1...2]), at: World.province)
        _ = try world.withdraw([keys[3]])
        try world.settle()
        #expect(try events(&world, World.home) == ["approved clerk 2", "returned clerk 1"])
        // A passing meeting brings nothing new.
        try world.settle()
        #expect(try events(&world, World.home) == ["approved clerk 2", "returned clerk 1"])
        #expect(try events(&world, World.province).contains("withdrawn province_reviewer 1"))
        #expect(try events(&world, World.national).isEmpty)
    }

    @Test func `each reader reads for themselves, and what is counted on is unread again`() throws {
        var world = try County.world(seed: 702)
        let keys = try world.take(County.records(standard: "3", 3))
        _ = try world.report([keys[0]])
        try world.settle()
        #expect(try list(&world, World.city).unread == 1)
        let numbers = try list(&world, World.city).items.map(\.number)
        struct Body: Encodable { let numbers: [Int64]? }
        let read = try world.send("POST", World.city, "notifications/readings", Body(numbers: numbers))
        #expect(read.status == 200)
        #expect(try list(&world, World.city).unread == 0 && list(&world, World.city, as: "other").unread == 1)
        _ = try world.report([keys[1]])
        try world.settle()
        #expect(try list(&world, World.city).unread == 1 && list(&world, World.city).items.map(\.times) == [2])
        // The next day begins another.
        _ = try world.send("POST", World.city, "notifications/readings", Body(numbers: nil))
        world.advance(days: 1)
        _ = try world.report([keys[2]])
        try world.settle()
        #expect(try list(&world, World.city).items.map(\.times) == [1, 2] && list(&world, World.city).unread == 1)
        let many = try world.send("POST", World.city, "notifications/readings", Body(numbers: Array(1...1_001)))
        #expect(many.status == 413)
    }

    @Test func `what came down a channel is told to the data steward, and the oldest rows leave`() throws {
        var world = try County.world(seed: 703)
        let codes = [Code("01", Label("资料不全", "incomplete"))]
        try world.act(World.national, .publish(.codes(table: "return_reason", codes), by: Principal("analyst")))
        try world.settle()
        #expect(try events(&world, World.home) == ["published data_steward 1"])
        #expect(try list(&world, World.home).items.first?.subject == "codes/return_reason")
        try world.site(World.home).store.write(world.moment()) { tx in
            for index in 0..<10 {
                try tx.notifications.add(
                    .returned, kind: "worker_file", subject: "\(index)", role: .clerk, key: "\(index)", code: "02", times: 1,
                    at: tx.moment)
            }
            try tx.notifications.bound(4)
        }
        #expect(try list(&world, World.home).items.map(\.key) == ["9", "8", "7", "6"])
    }

    @Test func `somebody who signed in hears what concerns their roles only`() throws {
        var world = try County.world(seed: 704)
        _ = try world.report(world.take(County.records(standard: "3", 1)))
        try world.settle()
        for (role, count) in [(Role.cityReviewer, 1), (.finance, 0)] {
            let person = Principal(
                account: AccountID(3), name: "张", grants: [Grant(role)], session: nil, source: "127.0.0.1")
            let reply = try County.call(&world, World.city, .init("GET", "notifications", principal: person))
            #expect(try County.json(reply, as: NotificationEndpoints.ListView.self).items.count == count)
        }
    }
}
