internal import NodeCore

/// The rules of a topology. All that is wrong is said at once, in the order of the file.
struct TopologyCheck {
    private let content: TopologyFile.Content
    private let divisions: Set<String>
    private let byCode: [String: TopologyFile.Seat]

    init(_ content: TopologyFile.Content, divisions: Set<String>) {
        self.content = content
        self.divisions = divisions
        byCode = Dictionary(content.seats.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func tree() throws -> NodeTree {
        var problems = whole()
        var seen = (codes: Set<String>(), addresses: Set<String>())
        for seat in content.seats {
            problems += own(seat) + place(seat) + chain(seat)
            if !seen.codes.insert(seat.code).inserted {
                problems.append(Label("\(seat.code)：代码重复", "\(seat.code): the code stands twice"))
            }
            if !seen.addresses.insert(seat.address).inserted {
                problems.append(
                    Label(
                        "\(seat.code)：地址 \(seat.address) 已被其他单位使用",
                        "\(seat.code): another seat has the address \(seat.address)"))
            }
        }
        guard problems.isEmpty else {
            throw NodeError(
                .badConfiguration, (["拓扑有 \(problems.count) 处错误："] + problems.map(\.zh)).joined(separator: "\n"),
                (["the topology has \(problems.count) problems:"] + problems.map(\.en)).joined(separator: "\n"))
        }
        return NodeTree(
            content.seats.compactMap { seat in
                Level(name: seat.level).map {
                    TreeSeat(
                        code: seat.code, name: seat.name, level: $0, parent: seat.parent, address: seat.address,
                        reviewChain: seat.reviewChain, isRelay: seat.isRelay)
                }
            })
    }

    private func whole() -> [Label] {
        var problems = content.unknown.map { Label("未知的项 \($0)", "unknown key \($0)") }
        if content.seats.count > NodeLimits.seats {
            problems.append(Label("单位超过 \(NodeLimits.seats) 个", "there are more than \(NodeLimits.seats) seats"))
        }
        let national = content.seats.filter { $0.code == "000000" || $0.level == Level.national.label.en }
        if national.count != 1 || national.first?.code != "000000" || national.first?.level != Level.national.label.en {
            problems.append(
                Label(
                    "须有且只有一个全国级单位，代码 000000", "there must be one national seat and only one, with the code 000000"))
        }
        return problems
    }

    /// What a seat says of itself.
    private func own(_ seat: TopologyFile.Seat) -> [Label] {
        let code = seat.code
        var problems = seat.unknown.map { Label("\(code)：未知的项 \($0)", "\(code): unknown key \($0)") }
        if code.utf8.count != 6 || !code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            problems.append(Label("\(code)：代码须为六位数字", "\(code): a code has six digits"))
        } else if code != "000000", !divisions.contains(code) {
            problems.append(Label("\(code)：行政区划表中没有此代码", "\(code): the division table has no such code"))
        }
        if seat.name.allSatisfy(\.isWhitespace) || seat.name.count > 100 {
            problems.append(Label("\(code)：名称须为 1 至 100 字", "\(code): a name has 1 to 100 characters"))
        }
        if Level(name: seat.level) == nil {
            problems.append(
                Label(
                    "\(code)：级别 \(seat.level) 须为 national、province、city 或 county",
                    "\(code): the level \(seat.level) is not national, province, city or county"))
        }
        if HostPort(seat.address) == nil {
            problems.append(
                Label(
                    "\(code)：地址 \(seat.address) 须为 主机:端口", "\(code): the address \(seat.address) is not host:port"))
        }
        return problems
    }

    /// How it stands below its parent.
    private func place(_ seat: TopologyFile.Seat) -> [Label] {
        let code = seat.code
        guard let parentCode = seat.parent else {
            if seat.level == Level.national.label.en { return [] }
            return [Label("\(code)：缺少上级", "\(code): the parent is missing")]
        }
        if seat.level == Level.national.label.en {
            return [Label("\(code)：全国级单位没有上级", "\(code): the national seat has no parent")]
        }
        guard let parent = byCode[parentCode] else {
            return [Label("\(code)：上级 \(parentCode) 不在拓扑中", "\(code): the topology has no parent \(parentCode)")]
        }
        var problems = [Label]()
        if let level = Level(name: seat.level), let above = Level(name: parent.level), level <= above {
            problems.append(
                Label(
                    "\(code)：级别须低于上级 \(parentCode)", "\(code): the level must be below that of the parent \(parentCode)"))
        }
        if ancestors(seat).contains(code) {
            problems.append(Label("\(code)：上级关系成环", "\(code): its parents go round in a circle"))
        }
        return problems
    }

    private func chain(_ seat: TopologyFile.Seat) -> [Label] {
        let ancestors = ancestors(seat)
        var problems = [Label]()
        var last = -1
        for reviewer in seat.reviewChain {
            guard let place = ancestors.firstIndex(of: reviewer) else {
                problems.append(
                    Label(
                        "\(seat.code)：审核单位 \(reviewer) 不是其上级",
                        "\(seat.code): the reviewer \(reviewer) does not stand above it"))
                continue
            }
            if place <= last {
                problems.append(
                    Label(
                        "\(seat.code)：审核单位 \(reviewer) 的顺序须由近到远",
                        "\(seat.code): the reviewer \(reviewer) is not nearest first"))
            }
            if byCode[reviewer]?.isRelay == true {
                problems.append(
                    Label(
                        "\(seat.code)：\(reviewer) 只转发，不能审核", "\(seat.code): \(reviewer) only relays and cannot review"))
            }
            last = max(last, place)
        }
        return problems
    }

    /// Upward from the parent; ends where a circle closes.
    private func ancestors(_ seat: TopologyFile.Seat) -> [String] {
        var found = [String]()
        var next = seat.parent
        while let code = next, !found.contains(code), let parent = byCode[code] {
            found.append(code)
            next = parent.parent
        }
        return found
    }
}
