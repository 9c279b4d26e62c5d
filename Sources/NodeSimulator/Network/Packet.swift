internal import SyncProtocol

/// One message on its way between a child and its parent, as bytes wherever the protocol has bytes.
struct Packet {
    enum Content {
        /// The child asks for a challenge.
        case ask
        case challenge([UInt8])
        case hello([UInt8])
        case answer([UInt8])
        case trust([[UInt8]])
        /// Certificates, or a receipt.
        case taken
        case up([UInt8])
        case poll(after: UInt64)
        case down([[UInt8]])
        /// The poll waits still.
        case noNews
        /// The child asks which channels are here, and then for what it lacks of each.
        case askChannels
        case channels([(log: LogID, next: UInt64)])
        case pull(LogID, after: UInt64)
        case channel([[UInt8]])
        /// From the parent it answers a changeset, from the child it tells how far the parent's log is held.
        case receipt([UInt8])
        case refused(ProtocolError.Code, proof: [UInt8]?)
        case noSession
        /// The child asks for its own log of an earlier life, or for the parent's; and gives the parent's back.
        case fetch(LogID, after: UInt64)
        case back([[UInt8]])
        case giveBack([UInt8])
        case settled
        /// The child wants to know whom the parent believes, and wants a new key.
        case askTrust
        case rotate([UInt8])
    }

    let from: Int
    let to: Int
    /// The child's call that it belongs to.
    let call: UInt64
    /// The number of the child's request in that call; an answer bears it too.
    let request: UInt64
    var content: Content

    var name: String {
        switch content {
        case .ask: "ask"
        case .challenge: "challenge"
        case .hello: "hello"
        case .answer: "answer"
        case .trust(let list): "trust(\(list.count))"
        case .taken: "taken"
        case .up(let bytes): "up(\(bytes.count))"
        case .poll(let position): "poll(\(position))"
        case .down(let list): "down(\(list.count))"
        case .askChannels: "ask-channels"
        case .channels(let list): "channels(\(list.count))"
        case .pull(_, let position): "pull(\(position))"
        case .channel(let list): "channel(\(list.count))"
        case .receipt: "receipt"
        case .noNews: "no-news"
        case .refused(let code, _): "refused(\(code.rawValue))"
        case .noSession: "no-session"
        case .fetch(_, let position): "fetch(\(position))"
        case .back(let list): "back(\(list.count))"
        case .giveBack(let bytes): "give-back(\(bytes.count))"
        case .settled: "settled"
        case .askTrust: "ask-trust"
        case .rotate: "rotate"
        }
    }

    /// The bytes that a line can damage; nil when there are none.
    var bytes: [UInt8]? {
        get {
            switch content {
            case .challenge(let bytes), .hello(let bytes), .answer(let bytes), .up(let bytes), .receipt(let bytes): bytes
            case .giveBack(let bytes), .rotate(let bytes): bytes
            case .trust(let list), .down(let list), .channel(let list), .back(let list): list.first
            case .ask, .taken, .poll, .refused, .noSession, .noNews, .askChannels, .channels, .pull, .fetch, .settled: nil
            case .askTrust: nil
            }
        }
        set {
            guard let newValue else { return }
            switch content {
            case .challenge: content = .challenge(newValue)
            case .hello: content = .hello(newValue)
            case .answer: content = .answer(newValue)
            case .up: content = .up(newValue)
            case .receipt: content = .receipt(newValue)
            case .trust(let list): content = .trust([newValue] + list.dropFirst())
            case .down(let list): content = .down([newValue] + list.dropFirst())
            case .channel(let list): content = .channel([newValue] + list.dropFirst())
            case .back(let list): content = .back([newValue] + list.dropFirst())
            case .giveBack: content = .giveBack(newValue)
            case .rotate: content = .rotate(newValue)
            case .ask, .taken, .poll, .refused, .noSession, .noNews, .askChannels, .channels, .pull, .fetch, .settled,
                .askTrust:
                return
            }
        }
    }

    /// Whether the damaged bytes are those of a changeset.
    var isChangeset: Bool {
        switch content {
        case .up: true
        case .down(let list), .channel(let list): !list.isEmpty
        default: false
        }
    }
}
