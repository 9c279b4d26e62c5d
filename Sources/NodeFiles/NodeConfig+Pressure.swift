public import NodeCore

/// What `config.json` says of disk, quotas and memory.
extension NodeConfig {
    private static let mebibytes = 0...(1 << 30)
    private static let percent = 1...100

    /// With the defaults for what is left out.
    public var limits: PressureLimits {
        var limits = PressureLimits()
        if let diskWarnPercent { limits.warnPercent = diskWarnPercent }
        if let diskStopPercent { limits.stopPercent = diskStopPercent }
        limits.warnPercent = min(limits.warnPercent, limits.stopPercent)
        if let reserveMebibytes { limits.reserveBytes = UInt64(clamping: reserveMebibytes) << 20 }
        if let storedMebibytesPerChild { limits.storedBytesPerChild = UInt64(clamping: storedMebibytesPerChild) << 20 }
        if let stagedMebibytesPerChild {
            limits.stagedBytesPerChild = UInt64(clamping: stagedMebibytesPerChild) << 20
            limits.stagedBytes = max(limits.stagedBytes, limits.stagedBytesPerChild)
        }
        return limits
    }

    var pressureProblems: [Label] {
        var problems = [Label]()
        for (name, value) in [("diskWarnPercent", diskWarnPercent), ("diskStopPercent", diskStopPercent)] {
            guard let value, !NodeConfig.percent.contains(value) else { continue }
            problems.append(Label("\(name) 须为 1 至 100", "\(name) is 1 to 100"))
        }
        if let diskWarnPercent, diskWarnPercent > diskStopPercent ?? 100 {
            problems.append(Label("diskWarnPercent 不得大于 diskStopPercent", "diskWarnPercent is not above diskStopPercent"))
        }
        let least = Int(PressureLimits.stagedBytesLeast >> 20)
        for (name, value, lowest) in [
            ("reserveMebibytes", reserveMebibytes, 0), ("storedMebibytesPerChild", storedMebibytesPerChild, 1),
            ("stagedMebibytesPerChild", stagedMebibytesPerChild, least),
        ] {
            guard let value, value < lowest || !NodeConfig.mebibytes.contains(value) else { continue }
            problems.append(
                Label(
                    "\(name) 须为 \(lowest) 至 \(NodeConfig.mebibytes.upperBound)",
                    "\(name) is \(lowest) to \(NodeConfig.mebibytes.upperBound)"))
        }
        return problems
    }
}
