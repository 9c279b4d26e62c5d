internal import NodeCore

/// `config.json` of a node's folder. What it leaves out has a default; what it adds is refused.
public struct NodeConfig: Codable, Sendable, Hashable {
    public enum LogLevel: String, Codable, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// The division code of the seat this node holds.
    public let seat: String
    /// Where the sync listener listens.
    public let listen: String
    public let logLevel: LogLevel
    /// How long a question to the parent may stay open when there is nothing to say.
    public let pollSeconds: Int
    /// Whether bytes toward the neighbours are dearer than work: what is sent is packed harder.
    public let slowLine: Bool
    /// The public half of the key that opens this node's backups: `1:` or `2:` for the suite, then hexadecimal.
    public let recoveryKey: String?
    /// Where the passphrase lies that opens this node's keys; nil where the service manager gives it.
    public let passphraseFile: String?
    /// Where a backup is written every day; nil for none.
    public let backupTo: String?

    /// Where the console and the portal listen, `host:port`; nil for none.
    public let web: String?
    /// Where the browser's files lie that a release brings along; nil for beside the program.
    public let assets: String?
    /// After how many days the node gets itself a new key; 0 for never.
    public let rotateKeyDays: Int
    /// How full the disk may get: see `PressureLimits` for what they mean and their defaults.
    public let diskWarnPercent: Int?
    public let diskStopPercent: Int?
    public let reserveMebibytes: Int?
    /// What one child may have stored here, and what it may have under way.
    public let storedMebibytesPerChild: Int?
    public let stagedMebibytesPerChild: Int?

    public static let rotateKeyDaysDefault = 90
    public static let pollSecondsDefault = 25
    public static let pollSecondsRange = 1...300

    public init(
        seat: String, listen: String, logLevel: LogLevel = .info, pollSeconds: Int = NodeConfig.pollSecondsDefault,
        recoveryKey: String? = nil, passphraseFile: String? = nil, backupTo: String? = nil, web: String? = nil,
        assets: String? = nil
    ) throws {
        self.web = web
        self.assets = assets
        self.seat = seat
        self.listen = listen
        self.logLevel = logLevel
        self.pollSeconds = pollSeconds
        slowLine = false
        rotateKeyDays = NodeConfig.rotateKeyDaysDefault
        self.recoveryKey = recoveryKey
        self.passphraseFile = passphraseFile
        self.backupTo = backupTo
        diskWarnPercent = nil
        diskStopPercent = nil
        reserveMebibytes = nil
        storedMebibytesPerChild = nil
        stagedMebibytesPerChild = nil
        try NodeConfig.refuse(problems(logLevel: logLevel.rawValue))
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case seat, listen, logLevel, pollSeconds, slowLine, recoveryKey, passphraseFile, backupTo, rotateKeyDays, web, assets
        case diskWarnPercent, diskStopPercent, reserveMebibytes, storedMebibytesPerChild, stagedMebibytesPerChild
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        seat = try values.decode(String.self, forKey: .seat)
        listen = try values.decode(String.self, forKey: .listen)
        let level = try values.decodeIfPresent(String.self, forKey: .logLevel) ?? LogLevel.info.rawValue
        logLevel = LogLevel(rawValue: level) ?? .info
        pollSeconds = try values.decodeIfPresent(Int.self, forKey: .pollSeconds) ?? NodeConfig.pollSecondsDefault
        slowLine = try values.decodeIfPresent(Bool.self, forKey: .slowLine) ?? false
        recoveryKey = try values.decodeIfPresent(String.self, forKey: .recoveryKey)
        passphraseFile = try values.decodeIfPresent(String.self, forKey: .passphraseFile)
        backupTo = try values.decodeIfPresent(String.self, forKey: .backupTo)
        rotateKeyDays = try values.decodeIfPresent(Int.self, forKey: .rotateKeyDays) ?? NodeConfig.rotateKeyDaysDefault
        web = try values.decodeIfPresent(String.self, forKey: .web)
        assets = try values.decodeIfPresent(String.self, forKey: .assets)
        diskWarnPercent = try values.decodeIfPresent(Int.self, forKey: .diskWarnPercent)
        diskStopPercent = try values.decodeIfPresent(Int.self, forKey: .diskStopPercent)
        reserveMebibytes = try values.decodeIfPresent(Int.self, forKey: .reserveMebibytes)
        storedMebibytesPerChild = try values.decodeIfPresent(Int.self, forKey: .storedMebibytesPerChild)
        stagedMebibytesPerChild = try values.decodeIfPresent(Int.self, forKey: .stagedMebibytesPerChild)
        let unknown = try decoder.keys(besides: CodingKeys.allCases.map(\.rawValue))
        try NodeConfig.refuse(unknown.map { Label("未知的项 \($0)", "unknown key \($0)") } + problems(logLevel: level))
    }

    private func problems(logLevel level: String) -> [Label] {
        var problems = [Label]()
        if seat.utf8.count != 6 || !seat.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            problems.append(Label("seat 须为六位数字", "seat has six digits"))
        }
        if let recoveryKey, RecoveryKey(recoveryKey) == nil {
            problems.append(Label("recoveryKey 无效", "recoveryKey is no public key"))
        }
        if HostPort(listen) == nil { problems.append(Label("listen 须为 主机:端口", "listen is host:port")) }
        if let web, HostPort(web) == nil { problems.append(Label("web 须为 主机:端口", "web is host:port")) }
        if LogLevel(rawValue: level) == nil {
            let names = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append(Label("logLevel 须为 \(names) 之一", "logLevel is one of \(names)"))
        }
        if !(0...3_650).contains(rotateKeyDays) {
            problems.append(Label("rotateKeyDays 须为 0 至 3650", "rotateKeyDays is 0 to 3650"))
        }
        if !NodeConfig.pollSecondsRange.contains(pollSeconds) {
            let range = NodeConfig.pollSecondsRange
            problems.append(
                Label(
                    "pollSeconds 须为 \(range.lowerBound) 至 \(range.upperBound)",
                    "pollSeconds is \(range.lowerBound) to \(range.upperBound)"))
        }
        return problems + pressureProblems
    }

    private static func refuse(_ problems: [Label]) throws {
        guard !problems.isEmpty else { return }
        throw NodeError(
            .badConfiguration, "config.json：" + problems.map(\.zh).joined(separator: "；"),
            "config.json: " + problems.map(\.en).joined(separator: "; "))
    }
}
