import Testing

@testable import NodeCtl
