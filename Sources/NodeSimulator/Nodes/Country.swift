internal import NodeCore

/// The tree of one seed: a nation, one or two provinces, a few cities and counties, sometimes a collective seat that only
/// relays, sometimes a nation that reviews as well.
enum Country {
    static let national = "000000"

    static func tree(_ entropy: Entropy) -> NodeTree {
        let nationReviews = entropy.below(4) == 0
        let top = nationReviews ? [national] : []
        var seats = [seat(national, .national, under: nil, [])]
        for province in 0..<(1 + (entropy.below(3) == 0 ? 1 : 0)) {
            let code = "\(11 + province)"
            let chain = [code + "0000"] + top
            seats.append(seat(code + "0000", .province, under: national, top))
            for city in 1...(1 + (entropy.below(2) == 0 ? 1 : 0)) {
                let cityCode = "\(code)0\(city)00"
                let isRelay = entropy.below(5) == 0
                seats.append(seat(cityCode, .city, under: code + "0000", chain, isRelay: isRelay))
                for county in 1...(1 + (entropy.below(3) == 0 ? 1 : 0)) {
                    seats.append(
                        seat(
                            "\(code)0\(city)0\(county)", .county, under: cityCode,
                            (isRelay ? [] : [cityCode]) + chain))
                }
            }
        }
        return NodeTree(seats)
    }

    private static func seat(
        _ code: String, _ level: Level, under parent: String?, _ chain: [String], isRelay: Bool = false
    ) -> TreeSeat {
        TreeSeat(
            code: code, name: code, level: level, parent: parent, address: "", reviewChain: chain, isRelay: isRelay)
    }
}
