import Testing

@testable import BusinessModules

struct ClassificationTests {
    struct Vector: Sendable {
        let income, recurring, work, event, size: Int64
        let hasEvent: Bool
        let perHead, net, netEvent: Int64
        let category: String
        var asksPerson = false
    }

    static let vectors = [
        Vector(
            income: 42000, recurring: 12000, work: 0, event: 0, size: 3, hasEvent: false, perHead: 116_667, net: 83_333,
            netEvent: 83_333, category: "1"),
        Vector(
            income: 60000, recurring: 12000, work: 4800, event: 0, size: 3, hasEvent: false, perHead: 166_667, net: 120_000,
            netEvent: 120_000, category: "2"),
        Vector(
            income: 90000, recurring: 6000, work: 0, event: 60000, size: 3, hasEvent: true, perHead: 250_000, net: 233_333,
            netEvent: 66_667, category: "3"),
        Vector(
            income: 90000, recurring: 6000, work: 0, event: 0, size: 3, hasEvent: false, perHead: 250_000, net: 233_333,
            netEvent: 233_333, category: "9"),
        Vector(
            income: 120_000, recurring: 6000, work: 0, event: 90000, size: 3, hasEvent: true, perHead: 333_333, net: 316_667,
            netEvent: 66_667, category: "9", asksPerson: true),
        Vector(
            income: 32400, recurring: 0, work: 0, event: 0, size: 3, hasEvent: false, perHead: 90_000, net: 90_000,
            netEvent: 90_000, category: "2"),
        Vector(
            income: 64800, recurring: 0, work: 0, event: 0, size: 3, hasEvent: false, perHead: 180_000, net: 180_000,
            netEvent: 180_000, category: "9"),
        Vector(
            income: 30000, recurring: 60000, work: 0, event: 0, size: 4, hasEvent: false, perHead: 62_500, net: -62_500,
            netEvent: -62_500, category: "1"),
    ]

    @Test(arguments: vectors)
    func `rule set C with a standard of 900 yuan, twice and three times it`(_ vector: Vector) {
        let result = Classification(
            Classification.Figures(
                income: vector.income * 100, recurring: vector.recurring * 100, work: vector.work * 100,
                event: vector.event * 100, size: vector.size, hasEvent: vector.hasEvent, minimumLiving: 90_000,
                relativeMultiple: 200, accidentMultiple: 300))
        #expect(result.category == vector.category)
        #expect(result.perHead == vector.perHead)
        #expect(result.net == vector.net)
        #expect(result.netEvent == vector.netEvent)
        #expect(result.asksPerson == vector.asksPerson)
    }

    @Test func `halves round up, also below zero`() {
        #expect(Household.rounded(5, by: 2) == 3)
        #expect(Household.rounded(-5, by: 2) == -2)
        #expect(Household.rounded(-7, by: 3) == -2)
        #expect(Household.rounded(-8, by: 3) == -3)
    }
}
