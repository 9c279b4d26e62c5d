/// How bad the lines and machines of one seed are: some kinds of faults do not occur at all, others often, so that seeds
/// differ more than by luck.
struct Climate {
    /// Out of 1,000 messages.
    private(set) var perMille: [FaultKind: Int] = [:]
    /// How many faults of machines and lines happen in the first phase.
    let events: Int
    /// How many changesets may be under way before the first is acknowledged.
    let window: Int
    /// Whether changesets follow certificates without waiting for their acknowledgement.
    let isImpatient: Bool
    let hasClockJumps: Bool
    let hasStaleCopy: Bool
    let hasRestore: Bool
    /// Whether one of the counties joins while the others work.
    let hasLateJoiner: Bool

    static let ofMessages: [FaultKind] = [
        .drop, .duplicate, .delay, .reorder, .hangUp, .truncate, .flip, .cutSection, .swapSection, .forgedSection,
    ]

    init(_ entropy: Entropy) {
        for kind in Climate.ofMessages {
            let isOn = entropy.below(2) == 0
            let rate = 5 + entropy.below(kind == .forgedSection ? 200 : 60)
            if isOn { perMille[kind] = rate }
        }
        events = 2 + entropy.below(10)
        window = 1 + entropy.below(3)
        isImpatient = entropy.below(3) == 0
        hasClockJumps = entropy.below(3) == 0
        hasStaleCopy = entropy.below(10) == 0
        hasLateJoiner = entropy.below(3) == 0
        hasRestore = !hasStaleCopy && entropy.below(4) == 0
    }
}
