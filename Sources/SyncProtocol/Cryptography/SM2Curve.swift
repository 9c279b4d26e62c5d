internal import CLibCrypto

/// The curve of GB/T 32918.5 by OpenSSL's points and big numbers. Scalars are 32 bytes, most significant first.
enum SM2Curve {
    /// The number of points, a prime.
    static let order: [UInt8] = bytes("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
    /// a || b || x and y of the base point: what the standard puts before a signer's own point.
    static let parameters: [UInt8] = bytes(
        "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
            + "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
            + "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
            + "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")

    private static func bytes(_ text: String) -> [UInt8] {
        guard let bytes = Hex.decode(text) else { preconditionFailure("a constant of the curve is not hexadecimal") }
        return bytes
    }

    /// An address, since pointers do not cross threads by themselves; the group is never changed nor freed.
    private static let address = UInt(bitPattern: EC_GROUP_new_by_curve_name(NID_sm2))

    static var group: OpaquePointer? { OpaquePointer(bitPattern: address) }

    static var refused: ProtocolError { ProtocolError(.cryptography, "OpenSSL could not compute on the SM2 curve") }

    /// A private key from 32 random bytes: 48 derived bytes modulo n - 2, plus 1. So it lies in 1 ... n - 2, as signing
    /// demands, evenly but for 2^-128.
    static func scalar(seed: [UInt8]) throws -> [UInt8] {
        let wide = try BigNumber(
            KeyDerivation.hkdf(secret: seed, info: Array("bangfu/1/sm2".utf8), count: 48, suite: .national), isSecret: true)
        let range = try BigNumber(order), scalar = try BigNumber(isSecret: true), workspace = try Workspace()
        guard BN_sub_word(range.pointer, 2) == 1,
            BN_div(nil, scalar.pointer, wide.pointer, range.pointer, workspace.pointer) == 1,
            BN_add_word(scalar.pointer, 1) == 1
        else { throw refused }
        return try scalar.bytes
    }

    /// scalar x G; OpenSSL takes the same steps whatever the scalar.
    static func product(_ scalar: [UInt8]) throws -> Coordinates {
        let factor = try BigNumber(scalar, isSecret: true), workspace = try Workspace(), result = try Point()
        guard EC_POINT_mul(group, result.pointer, factor.pointer, nil, nil, workspace.pointer) == 1 else { throw refused }
        return try result.coordinates(workspace)
    }

    /// scalar x point; OpenSSL takes the same steps whatever the scalar.
    static func product(_ scalar: [UInt8], _ point: Coordinates) throws -> Coordinates {
        let factor = try BigNumber(scalar, isSecret: true), workspace = try Workspace()
        let other = try Point(point, workspace), result = try Point()
        guard EC_POINT_mul(group, result.pointer, nil, other.pointer, factor.pointer, workspace.pointer) == 1 else {
            throw refused
        }
        return try result.coordinates(workspace)
    }

    /// A point that is on the curve and not infinity.
    struct Coordinates: Sendable, Hashable {
        let x: [UInt8]
        let y: [UInt8]

        init(x: [UInt8], y: [UInt8]) {
            self.x = x
            self.y = y
        }

        /// 33 bytes: 2 or 3 by the parity of y, then x below the field's prime. Infinity and points off the curve have no
        /// such form, and each point has one.
        init(compressed: [UInt8]) throws {
            let workspace = try Workspace(), point = try Point()
            guard compressed.count == 33, compressed[0] == 2 || compressed[0] == 3,
                EC_POINT_oct2point(group, point.pointer, compressed, compressed.count, workspace.pointer) == 1
            else { throw ProtocolError(.weakKey, "no point of the SM2 curve in its compressed form") }
            self = try point.coordinates(workspace)
        }

        var compressed: [UInt8] { [2 | y[31] & 1] + x }
    }

    // MARK: OpenSSL's objects, each freed with the value that holds it

    struct Workspace: ~Copyable {
        let pointer: OpaquePointer

        init() throws {
            guard let made = BN_CTX_new() else { throw refused }
            pointer = made
        }

        deinit { BN_CTX_free(pointer) }
    }

    struct BigNumber: ~Copyable {
        let pointer: OpaquePointer

        init(_ bytes: [UInt8] = [], isSecret: Bool = false) throws {
            guard let made = BN_bin2bn(bytes, Int32(clamping: bytes.count), nil) else { throw refused }
            pointer = made
            if isSecret { BN_set_flags(made, BN_FLG_CONSTTIME) }
        }

        deinit { BN_clear_free(pointer) }

        var bytes: [UInt8] {
            get throws {
                var bytes = [UInt8](repeating: 0, count: 32)
                guard BN_bn2binpad(pointer, &bytes, 32) == 32 else { throw refused }
                return bytes
            }
        }
    }

    struct Point: ~Copyable {
        let pointer: OpaquePointer

        init() throws {
            guard let made = EC_POINT_new(group) else { throw refused }
            pointer = made
        }

        init(_ coordinates: Coordinates, _ workspace: borrowing Workspace) throws {
            let encoded = [4] + coordinates.x + coordinates.y
            let made = EC_POINT_new(group)
            guard let made, EC_POINT_oct2point(group, made, encoded, encoded.count, workspace.pointer) == 1 else {
                EC_POINT_free(made)
                throw refused
            }
            pointer = made
        }

        deinit { EC_POINT_clear_free(pointer) }

        /// Refuses infinity.
        func coordinates(_ workspace: borrowing Workspace) throws -> Coordinates {
            var encoded = [UInt8](repeating: 0, count: 65)
            let size = EC_POINT_point2oct(
                group, pointer, POINT_CONVERSION_UNCOMPRESSED, &encoded, encoded.count, workspace.pointer)
            guard size == 65 else { throw refused }
            return Coordinates(x: Array(encoded[1..<33]), y: Array(encoded[33...]))
        }
    }
}
