import Synchronization
import SyncProtocol

@testable import NodeCore

/// A node with people, and what they do at its door.
struct People {
    let store: Store
    private let counter = Counter()
    var now = Fixtures.noon

    static let password = "四月的风吹过青岛的海面上"

    init() throws {
        store = try Fixtures.national().store
    }

    static let owner = Principal("owner")

    /// Fresh bytes for each act, always the same in each run.
    func moment(_ salt: UInt8 = 0) -> Moment {
        let time = now
        let counter = counter
        return Moment(milliseconds: now) { count in
            let step = counter.next()
            var bytes = [UInt8]()
            var index: UInt64 = 0
            while bytes.count < count {
                var builder = DigestBuilder()
                builder.append(Array("\(time) \(salt) \(step) \(index)".utf8))
                bytes += builder.finish().bytes
                index += 1
            }
            return Array(bytes.prefix(count))
        }
    }

    func write<Result>(_ salt: UInt8 = 0, _ body: (borrowing Transaction) throws -> Result) throws -> Result {
        try store.write(moment(salt), body)
    }

    /// Invited, accepted, with a right in force; staff with their second factor.
    mutating func make(_ login: String, _ role: Role? = nil, isOutside: Bool = false) throws -> AccountID {
        now += 1
        let link = try write {
            try Accounts.invite(.init(login: login, name: login.uppercased(), isOutside: isOutside), by: Self.owner, in: $0)
        }
        let opened = try accept(link.token)
        if !isOutside { _ = try setFactor(opened) }
        if let role { _ = try write(1) { try Accounts.ask(.init(link.account, role), by: Self.owner, in: $0) } }
        return link.account
    }

    func accept(_ token: String, password: String = People.password) throws -> OpenedSession {
        let setting = try store.read {
            try Welcome.begin(token: token, password: password, source: "10.0.0.1", at: now, in: $0)
        }
        let made = try Hashes.made(of: setting)
        return try write { try Welcome.finish(made, in: $0) }
    }

    mutating func setFactor(_ opened: OpenedSession) throws -> (recovery: [String], opened: OpenedSession) {
        now += 1
        _ = try write { try SecondFactor.begin(opened.session, in: $0) }
        let code = try currentCode(opened.session.account.id, isOffer: true)
        let result = try write { try SecondFactor.confirm(opened.session, code: code, in: $0) }
        // The step of that code is used up.
        now += 60_000
        return result
    }

    func currentCode(_ id: AccountID, isOffer: Bool = false, steps: Int64 = 0) throws -> String {
        let secret = try store.read {
            try isOffer ? $0.accounts.offeredFactor(id) : $0.accounts.factor(id)?.secret
        }
        return OneTimePassword.password(
            secret: secret ?? [], step: OneTimePassword.step(milliseconds: now) + steps)
    }

    func signIn(
        _ login: String, _ password: String = People.password, code: String? = nil, source: String = "10.0.0.1"
    ) throws -> SignIn.Result {
        let trial = try store.read {
            try SignIn.begin(login: login, password: password, source: source, at: now, in: $0)
        }
        let outcome = try Hashes.outcome(of: trial)
        return try write { try SignIn.finish(outcome, code: code, in: $0) }
    }

    func find(_ opened: OpenedSession) throws -> Session? {
        try store.read { try Sessions.find(opened.secret, source: "10.0.0.1", at: now, in: $0) }
    }
}

/// Passwords take a sixth of a second on purpose: each that these tests use is worked out once, and what came of it kept.
enum Hashes {
    private struct Tried: Hashable { let password, encoded: String }

    private static let made = Mutex<[String: String]>([:])
    private static let tried = Mutex<[Tried: Bool]>([:])

    static func made(of setting: Welcome.Setting) throws -> Welcome.Made {
        if let encoded = made.withLock({ $0[setting.password] }) {
            return Welcome.Made(token: setting.token, encoded: encoded, source: setting.source)
        }
        let first = try setting.work(salt: [UInt8](repeating: 7, count: 16))
        made.withLock { $0[setting.password] = first.encoded }
        return first
    }

    static func outcome(of trial: SignIn.Trial) throws -> SignIn.Outcome {
        // Whether there is such an account is no part of what is kept.
        guard let account = trial.account else { return try trial.verify() }
        let question = Tried(password: trial.password, encoded: trial.encoded)
        if let isRight = tried.withLock({ $0[question] }) {
            return SignIn.Outcome(account: account, encoded: trial.encoded, source: trial.source, isRight: isRight)
        }
        let first = try trial.verify()
        tried.withLock { $0[question] = first.isRight }
        return first
    }
}

/// A number that rises: one source of randomness is asked several times in one act.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}

extension SignIn.Result {
    var opened: OpenedSession? { if case .opened(let opened) = self { opened } else { nil } }
    var refusal: NodeError.Code? { if case .refused(let error) = self { error.code } else { nil } }
}
