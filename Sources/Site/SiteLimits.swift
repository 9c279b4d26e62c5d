/// What pages take from a browser at most.
public enum SiteLimits {
    /// One form: a household with all its lines fits many times over.
    public static let formBytes = 2 * 1_024 * 1_024
    /// A file that is sent in.
    public static let uploadBytes = 64 * 1_024 * 1_024
    /// Names and values in one form or address.
    public static let formItems = 20_000
    /// Values of one filter.
    public static let filterValues = 100
    /// Rows of one page of a list.
    static let pageSizes = [20, 50, 100]
}
