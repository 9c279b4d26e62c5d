import NodeCore
import Testing

@Suite struct DiskGaugeTests {
    private static let mebibyte: UInt64 = 1 << 20

    private static func room(used percent: UInt64) -> DiskRoom {
        DiskRoom(totalBytes: 1_000 * mebibyte, freeBytes: (100 - percent) * 10 * mebibyte)
    }

    @Test func `a disk is roomy, low and full at its marks, and roomy again only with room to spare`() {
        var gauge = DiskGauge(PressureLimits())
        var levels = [DiskLevel]()
        for percent: UInt64 in [10, 84, 85, 94, 95, 100, 94, 93, 92, 85, 84] {
            gauge.see(Self.room(used: percent))
            levels.append(gauge.level)
        }
        #expect(levels == [.roomy, .roomy, .low, .low, .full, .full, .full, .full, .low, .low, .roomy])
    }

    @Test func `a write that finds no room says more than any measurement`() {
        var gauge = DiskGauge(PressureLimits())
        gauge.see(Self.room(used: 50))
        gauge.exhaust()
        #expect(gauge.level == .full && gauge.isExhausted)
        // The reserve of 64 MiB was given up; the room it left is for what is under way.
        gauge.see(DiskRoom(totalBytes: 10_000 * Self.mebibyte, freeBytes: 100 * Self.mebibyte))
        #expect(gauge.level == .full && gauge.isExhausted)
        gauge.see(Self.room(used: 50))
        #expect(gauge.level == .roomy && !gauge.isExhausted)
    }

    @Test func `without an answer of the system only what a write finds out counts`() {
        var gauge = DiskGauge(PressureLimits())
        gauge.see(nil)
        #expect(gauge.level == .roomy)
        gauge.exhaust()
        gauge.see(nil)
        #expect(gauge.level == .full)
    }

    @Test func `used parts are rounded up and never overflow`() {
        #expect(DiskRoom(totalBytes: 0, freeBytes: 0).usedPercent == 100)
        #expect(DiskRoom(totalBytes: 1_000, freeBytes: 999).usedPercent == 1)
        #expect(DiskRoom(totalBytes: 1_000, freeBytes: 2_000).usedPercent == 0)
        #expect(DiskRoom(totalBytes: .max, freeBytes: 0).usedPercent == 100)
        #expect(DiskRoom(totalBytes: .max, freeBytes: .max / 2).usedPercent == 51)
    }

    @Test func `a stop mark of a hundred leaves it to the disk`() {
        var limits = PressureLimits()
        (limits.warnPercent, limits.stopPercent) = (100, 100)
        var gauge = DiskGauge(limits)
        gauge.see(Self.room(used: 99))
        #expect(gauge.level == .roomy)
    }
}
