internal import Synchronization

/// Moments at which a test ends the process with `kill -9`, to see that what stands on the disk then is enough. Every one
/// has its name here and nowhere else; `scripts/failpoints` asks `noded --list-failpoints` for them. Unarmed, as in every
/// node that works, to pass one costs the reading of a flag.
public enum Failpoint: String, CaseIterable, Sendable {
    // Drafts and reports, at the home.
    case importInTransaction = "import-in-transaction"
    case importCommitted = "import-committed"
    case reportInTransaction = "report-in-transaction"
    case reportCommitted = "report-committed"
    case receiptArrived = "receipt-arrived"
    case receiptInTransaction = "receipt-in-transaction"
    case receiptCommitted = "receipt-committed"

    // What arrives, at the level above.
    case partStaged = "part-staged"
    case changesetChecked = "changeset-checked"
    case ingestInTransaction = "ingest-in-transaction"
    case ingestCommitted = "ingest-committed"
    case decideInTransaction = "decide-in-transaction"
    case decideCommitted = "decide-committed"
    case helloAsked = "hello-asked"
    case helloAnswered = "hello-answered"

    // Channels.
    case publishInTransaction = "publish-in-transaction"
    case activateInTransaction = "activate-in-transaction"
    case activateCommitted = "activate-committed"

    // Trust.
    case enrolInTransaction = "enrol-in-transaction"
    case enrolCommitted = "enrol-committed"
    case trustInTransaction = "trust-in-transaction"
    case trustCommitted = "trust-committed"
    case joinAddressSaved = "join-address-saved"
    case joinInTransaction = "join-in-transaction"
    case joinCommitted = "join-committed"
    case nextKeyWritten = "next-key-written"
    case rotationCommitted = "rotation-committed"
    case keyPromoting = "key-promoting"
    case keyPromoted = "key-promoted"

    // Backups and lives.
    case backupCopied = "backup-copied"
    case backupWritten = "backup-written"
    case backupVerified = "backup-verified"
    case backupMoved = "backup-moved"
    case restoreExtracted = "restore-extracted"
    case restoreVerified = "restore-verified"
    case standstillSet = "standstill-set"
    case fileWritten = "file-written"
    case tokenWritten = "token-written"
    case lifeInTransaction = "life-in-transaction"
    case lifeCommitted = "life-committed"
    case returnedInTransaction = "returned-in-transaction"
    case settledCommitted = "settled-committed"

    // The store as a whole.
    case storeOpened = "store-opened"
    case stopping = "stopping"
    case storeClosed = "store-closed"
    case rebuildCopied = "rebuild-copied"
    case rebuildPlayed = "rebuild-played"

    /// What has to be done so that the point is passed: a scene of `scripts/failpoints`.
    public enum Scene: String, Sendable { case importing, journey, publish, enrol, rotate, lives, process, rebuild }

    /// Which of the two ends of a line, or the command line, passes it there.
    public enum Place: String, Sendable { case child, parent, command }

    public struct About: Sendable {
        public let scene: Scene
        public let place: Place
        public let sentence: String
    }

    /// Passes this point; the process ends here when it is the one that is armed.
    public func reach() {
        guard Failpoint.isArmed.load(ordering: .relaxed) else { return }
        Failpoint.armed.withLock { armed in if armed?.point == self { armed?.strike() } }
    }

    /// `strike` is called when `point` is passed and does not come back. Once a process, before it works.
    public static func arm(_ point: Failpoint, strike: @escaping @Sendable () -> Void) {
        armed.withLock { $0 = (point: point, strike: strike) }
        isArmed.store(true, ordering: .sequentiallyConsistent)
    }

    private static let isArmed = Atomic(false)
    private static let armed = Mutex<(point: Failpoint, strike: @Sendable () -> Void)?>(nil)
}

extension Failpoint {
    public var about: About {
        switch self {
        case .importInTransaction: .init(.importing, .child, "an import is written and not committed")
        case .importCommitted: .init(.importing, .child, "an import is committed and not answered")
        case .reportInTransaction: .init(.journey, .child, "versions and their seal are written and not committed")
        case .reportCommitted: .init(.journey, .child, "a report is committed, and nobody was woken to send it")
        case .receiptArrived: .init(.journey, .child, "the receipt for what was sent is here and not noted")
        case .receiptInTransaction: .init(.journey, .child, "a receipt is written and not committed")
        case .receiptCommitted: .init(.journey, .child, "a receipt is committed, and the next changeset not begun")
        case .partStaged: .init(.journey, .parent, "a part of a changeset is in memory and not answered")
        case .changesetChecked: .init(.journey, .parent, "a changeset passed its checks and waits for the writer")
        case .ingestInTransaction: .init(.journey, .parent, "a changeset is applied and not committed")
        case .ingestCommitted: .init(.journey, .parent, "a changeset is committed, and its receipt has not left")
        case .decideInTransaction: .init(.journey, .parent, "decisions are written and not committed")
        case .decideCommitted: .init(.journey, .parent, "decisions are committed and not sent")
        case .helloAsked: .init(.journey, .child, "a hello is noted and has not left")
        case .helloAnswered: .init(.journey, .parent, "the answer to a hello is noted and has not left")
        default: aboutTrust ?? aboutLives
        }
    }

    private var aboutTrust: About? {
        switch self {
        case .publishInTransaction: .init(.publish, .parent, "an artefact is written and not committed")
        case .activateInTransaction: .init(.publish, .child, "an artefact is in force and not committed")
        case .activateCommitted: .init(.publish, .child, "an artefact is committed, and memory still has the one before")
        case .enrolInTransaction: .init(.enrol, .parent, "a code is used up and the use not committed")
        case .enrolCommitted: .init(.enrol, .parent, "a use of a code is committed and not answered")
        case .trustInTransaction: .init(.enrol, .parent, "a certificate is written and not committed")
        case .trustCommitted: .init(.enrol, .parent, "a certificate is committed, and memory does not have it")
        case .joinAddressSaved: .init(.enrol, .child, "the parent's address is saved, and nothing of its answer")
        case .joinInTransaction: .init(.enrol, .child, "the parent's answer is written and not committed")
        case .joinCommitted: .init(.enrol, .child, "the parent's answer is committed, and there is no engine yet")
        case .nextKeyWritten: .init(.rotate, .child, "the next key is on the disk and nobody knows of it")
        case .rotationCommitted: .init(.rotate, .parent, "the new key is certified and not answered")
        case .keyPromoting: .init(.rotate, .child, "the new key is certified here, and the files not swapped")
        case .keyPromoted: .init(.rotate, .child, "the files are swapped, and memory has the key before")
        default: nil
        }
    }

    private var aboutLives: About {
        switch self {
        case .backupCopied: .init(.lives, .child, "the store is copied for a backup")
        case .backupWritten: .init(.lives, .child, "a backup is written and not read back")
        case .backupVerified: .init(.lives, .child, "a backup was restored once and has not its name yet")
        case .backupMoved: .init(.lives, .child, "a backup has its name, and that there is one is not noted")
        case .restoreExtracted: .init(.lives, .command, "a backup is taken apart and not looked at")
        case .restoreVerified: .init(.lives, .command, "a restored folder is whole and has not its name yet")
        case .standstillSet: .init(.lives, .child, "a restored database was found out and stands still")
        case .fileWritten: .init(.lives, .child, "a file of the folder is written beside the one it replaces")
        case .tokenWritten: .init(.lives, .child, "the token of a new life is on the disk before that life begins")
        case .lifeInTransaction: .init(.lives, .child, "a new life is written and not committed")
        case .lifeCommitted: .init(.lives, .child, "a new life is committed, and memory lives the one before")
        case .returnedInTransaction: .init(.lives, .child, "what a neighbour gave back is written and not committed")
        case .settledCommitted: .init(.lives, .child, "everything is back, and what waited for it has not gone on")
        case .storeOpened: .init(.process, .child, "the store is open and fitted, and nothing listens")
        case .stopping: .init(.process, .child, "nothing listens any more, and the store is not closed")
        case .storeClosed: .init(.process, .child, "the store is closed, and the folder still says that the node runs")
        case .rebuildCopied: .init(.rebuild, .command, "a rebuild has copied what it starts from")
        default: .init(.rebuild, .command, "a rebuild has played the journal and not compared")
        }
    }
}

extension Failpoint.About {
    fileprivate init(_ scene: Failpoint.Scene, _ place: Failpoint.Place, _ sentence: String) {
        self.scene = scene
        self.place = place
        self.sentence = sentence
    }
}
