/// An invariant of protocol.md, section 10, that did not hold; 0 when the program itself failed.
public struct Violation: Error, Equatable, Sendable, CustomStringConvertible {
    public let invariant: Int
    public let words: String

    init(_ invariant: Int, _ words: String) {
        self.invariant = invariant
        self.words = words
    }

    public var description: String { "invariant \(invariant): \(words)" }
}

/// What came of one seed.
public struct RunResult: Sendable {
    public let seed: UInt64
    public let steps: Int
    /// What people did.
    public let acts: Int
    public let table: FaultTable
    /// Over all that happened, in order; the same in every process.
    public let digest: String
    /// Nil when everything held.
    public let violation: Violation?
    /// The last lines of the trace, if any were asked for.
    public let lines: [String]
    /// What each site knows in the end, as a digest without times.
    public let states: [String]

    public init(
        seed: UInt64, steps: Int, acts: Int, table: FaultTable, digest: String, violation: Violation?, lines: [String],
        states: [String]
    ) {
        self.seed = seed
        self.steps = steps
        self.acts = acts
        self.table = table
        self.digest = digest
        self.violation = violation
        self.lines = lines
        self.states = states
    }
}

/// The simulator's front door.
public enum Simulator {
    /// Plays one seed. `lines`: how many lines of the trace to keep.
    public static func run(seed: UInt64, keeping lines: Int = 0) -> RunResult {
        do {
            var simulation = try Simulation(seed: seed, keeping: lines)
            return simulation.run()
        } catch {
            return RunResult(
                seed: seed, steps: 0, acts: 0, table: FaultTable(), digest: "",
                violation: Violation(0, "the country could not be founded: \(error)"), lines: [], states: [])
        }
    }
}
