internal import NodeCore

/// Passwords are slow and take much memory on purpose: two at once, a few waiting, and nobody more.
actor PasswordGate {
    private static let atOnce = 2
    private static let waitingMax = 30

    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        if running >= PasswordGate.atOnce {
            guard waiting.count < PasswordGate.waitingMax else {
                throw NodeError(.tooMany, "此刻登录的人太多，请稍后再试", "too many sign in at this moment: try again soon")
            }
            // Whoever leaves hands its place on, so the count stays.
            await withCheckedContinuation { waiting.append($0) }
        } else {
            running += 1
        }
        defer { leave() }
        return try await Offload.run(work)
    }

    private func leave() {
        if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().resume() }
    }
}
