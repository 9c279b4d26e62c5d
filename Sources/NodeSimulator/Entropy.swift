internal import Synchronization

/// Bytes that look random and follow from a seed: SplitMix64, so that a run can be played again bit by bit.
public final class Entropy: Sendable {
    private let state: Mutex<UInt64>

    public init(seed: UInt64) { state = Mutex(seed) }

    /// A stream beside those that follow from the seed one after the other: named, so that others may come and go.
    convenience init(seed: UInt64, stream name: String) {
        // FNV-1a over the name.
        let mixed = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        self.init(seed: mixed ^ (seed &* 0x9E37_79B9_7F4A_7C15))
    }

    public func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8]()
        while bytes.count < count {
            let word = next()
            for shift in stride(from: 0, to: 64, by: 8) where bytes.count < count {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    /// 0 ..< bound
    public func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }
}
