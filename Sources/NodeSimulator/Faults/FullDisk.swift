internal import NodeCore

/// A disk that has no room for a while: writes fail, reading goes on, then there is room again. Drawn from a source of its
/// own, so that the other fortunes of a seed stay what they are.
struct FullDisk {
    let site: Int
    let begin: Int64
    let end: Int64
    /// Bytes that still fit: mostly less than a commit, sometimes a few of them.
    let rest: Int64

    /// In one seed of four some disks are full for a while.
    static func plan(seed: UInt64, sites: Int, from start: Int64, until end: Int64) -> [FullDisk] {
        let luck = Entropy(seed: seed &* 0xD6E8_FEB8_6659_FD93 &+ 0xF011)
        guard luck.below(4) == 0 else { return [] }
        return (0..<(1 + luck.below(3))).map { _ in
            let begin = start + 1_000 + Int64(luck.below(Int(end - start) - 2_000))
            let isShort = luck.below(2) == 0
            return FullDisk(
                site: luck.below(sites), begin: begin,
                end: min(begin + (isShort ? 1_000 : 20_000) + Int64(luck.below(120_000)), end),
                rest: Int64(luck.below(3) == 0 ? luck.below(200_000) : luck.below(20_000)))
        }
    }
}

/// A write found no room; nothing of it happened, and the node works on.
struct NoRoom: Error {
    let site: Int
}

extension Simulation {
    mutating func fill(_ full: FullDisk) {
        guard !isCalm, sites[full.site].isUp else { return }
        sites[full.site].disk.fill(leaving: full.rest)
        note(full.site, "its disk gets full")
        agenda.plan(.makeRoom(full.site), at: full.end)
    }

    mutating func makeRoom(_ index: Int) {
        sites[index].disk.makeRoom()
        note(index, "there is room again")
    }

    /// The daemon refuses and works on: whoever called gets no answer, and calls again later.
    mutating func refuseForRoom(_ index: Int) {
        note(index, "no room")
        endCall(index, "no room")
    }
}
