internal import SyncProtocol

/// The open sessions of children, and the challenges that were given out. Both are bounded: a stranger can ask for
/// challenges, only a certified child gets a session.
actor Sessions {
    struct Session: Sendable {
        let line: SealedLine
        let peer: NodeID
        let incarnation: Incarnation
        /// In which this node answered: a session ends with it.
        let life: Incarnation
        /// Of the hello that opened it.
        let answer: Digest
    }

    private struct Entry {
        let session: Session
        var counter: UInt64
        var lastUse: ContinuousClock.Instant
    }

    private static let challengeLife = Duration.seconds(60)
    private static let idleLife = Duration.seconds(900)
    private static let challengesMax = 4_096
    private static let sessionsPerPeer = 8

    private var challenges: [[UInt8]: (end: ContinuousClock.Instant, number: UInt64)] = [:]
    private var challengeCount: UInt64 = 0
    private var sessions: [[UInt8]: Entry] = [:]

    /// False when too many are open.
    func challenge(_ nonce: [UInt8], at now: ContinuousClock.Instant = .now) -> Bool {
        if challenges.count >= Sessions.challengesMax { challenges = challenges.filter { $0.value.end > now } }
        guard challenges.count < Sessions.challengesMax else { return false }
        challengeCount += 1
        challenges[nonce] = (end: now + Sessions.challengeLife, number: challengeCount)
        return true
    }

    /// The number of a challenge, once and within its life. They rise with the time at which they were given out.
    func redeem(_ nonce: [UInt8], at now: ContinuousClock.Instant = .now) -> UInt64? {
        guard let challenge = challenges.removeValue(forKey: nonce), challenge.end > now else { return nil }
        return challenge.number
    }

    func open(_ session: Session) {
        let now = ContinuousClock.now
        sessions = sessions.filter { now - $0.value.lastUse < Sessions.idleLife }
        let others = sessions.filter { $0.value.session.peer == session.peer }.sorted { $0.value.lastUse < $1.value.lastUse }
        for (name, _) in others.prefix(max(0, others.count - Sessions.sessionsPerPeer + 1)) { sessions[name] = nil }
        sessions[session.line.session] = Entry(session: session, counter: 0, lastUse: now)
    }

    func find(_ name: [UInt8]) -> Session? { sessions[name]?.session }

    /// Counters strictly rise: a repeated request is refused even when its bytes are right.
    func use(_ name: [UInt8], counter: UInt64) -> Bool {
        guard let entry = sessions[name], counter > entry.counter else { return false }
        sessions[name]?.counter = counter
        sessions[name]?.lastUse = .now
        return true
    }
}
