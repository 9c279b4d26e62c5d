/// The protocol's version, as it stands in every preamble. A reader refuses another major and accepts any minor.
public enum ProtocolVersion {
    public static let major: UInt8 = 1
    public static let minor: UInt8 = 0
}
