import Hummingbird
import HummingbirdTLS
import AsyncHTTPClient
import ServiceLifecycle
@main struct M { static func main() {} }
