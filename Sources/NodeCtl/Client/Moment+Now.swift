import Foundation
import NodeCore

extension Moment {
    /// The clock's time and the system's randomness.
    static var now: Moment {
        Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) { count in
            var source = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &source) }
        }
    }
}
