// swift-tools-version: 6.1
import PackageDescription

/// Said once, used by every target: Swift 6 mode and the upcoming features that keep imports and existentials honest.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "bangfu",
    products: [
        .executable(name: "noded", targets: ["NodeDaemon"]),
        .executable(name: "nodectl", targets: ["NodeCtl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "SyncProtocol", dependencies: ["CLZ4", "CLibCrypto"], swiftSettings: strict),
        .target(
            name: "NodeCore",
            dependencies: [
                "CArgon2", "SyncProtocol", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "BusinessModules",
            dependencies: ["NodeCore", .product(name: "SwiftCSV", package: "SwiftCSV")],
            resources: [.copy("Data")],
            swiftSettings: strict),
        .target(name: "CFileTimes"),
        .target(
            name: "NodeFiles", dependencies: ["BusinessModules", "CFileTimes", "NodeCore", "SyncProtocol"],
            swiftSettings: strict),
        .target(name: "CSimulatedDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "NodeSimulator", dependencies: ["NodeCore", "CSimulatedDisk"], swiftSettings: strict),
        .target(name: "Workbooks", dependencies: ["CZlib", "NodeCore"], swiftSettings: strict),
        .target(
            name: "Site",
            dependencies: [
                "BusinessModules", "NodeCore", "SyncProtocol", "Workbooks",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [.copy("Templates"), .copy("Assets")], swiftSettings: strict),
        .executableTarget(
            name: "NodeDaemon",
            dependencies: [
                "BusinessModules", "NodeFiles", "Site",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "NodeCtl",
            dependencies: [
                "BusinessModules", "NodeFiles", "NodeSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict),
        .target(name: "CWorkload"),
        .executableTarget(
            name: "Bench", dependencies: ["CWorkload", "BusinessModules", "NodeSimulator", "NodeCore", "Site", "SyncProtocol"],
            swiftSettings: strict),
        .target(name: "CFailingDisk", path: "Tests/CFailingDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .testTarget(
            name: "SyncProtocolTests", dependencies: ["SyncProtocol"], exclude: ["Fuzz/Corpus"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(name: "BusinessModulesTests", dependencies: ["BusinessModules", "NodeCore"], swiftSettings: strict),
        .testTarget(
            name: "NodeFilesTests",
            dependencies: ["NodeFiles", "BusinessModules", "NodeCore", "SyncProtocol", "CFailingDisk"],
            exclude: ["Stores"], swiftSettings: strict),
        .testTarget(
            name: "NodeCoreTests", dependencies: ["NodeCore", "BusinessModules", "SyncProtocol"], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["NodeSimulator", "BusinessModules", "NodeCore", "SyncProtocol", "CFailingDisk"],
            swiftSettings: strict),
        .testTarget(
            name: "SiteTests",
            dependencies: ["Site", "BusinessModules", "NodeCore", "NodeSimulator", "SyncProtocol", "Workbooks"],
            swiftSettings: strict),
        .testTarget(name: "WorkbooksTests", dependencies: ["Workbooks", "NodeCore"], swiftSettings: strict),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(name: "NodeCtlTests", dependencies: ["NodeCtl", "NodeFiles"], swiftSettings: strict),
        .testTarget(
            name: "NodeDaemonTests",
            dependencies: [
                "NodeDaemon", "BusinessModules", "NodeFiles", "NodeCore", "SyncProtocol",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ]
)
