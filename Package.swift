// swift-tools-version: 6.2
import PackageDescription

// A warning must not stop somebody whose compiler is newer than ours; it does stop us.
let strictness: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + strictness

// A released program brings Swift's libraries with it: it runs where no Swift is installed, and its calls into them are
// direct, which takes a tenth of a lane's time away. The linker is Swift's own: the system's warns of what is in them.
let standalone = ["-static-stdlib"]
let programs = settings + [.unsafeFlags(standalone, .when(configuration: .release))]
let linking: [LinkerSetting] = [.unsafeFlags(standalone + ["-use-ld=lld"], .when(configuration: .release))]

// Scripts/fuzz alone builds this: it needs libFuzzer, and everything it links is instrumented.
let fuzzer: [Target] =
  Context.environment["SEATLEDGER_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "fuzzer", dependencies: ["Fuzzing"], path: "Tests/Fuzzer", swiftSettings: settings)
  ]

let package = Package(
  name: "seatledger",
  products: [
    .executable(name: "seatledgerd", targets: ["seatledgerd"]),
    .executable(name: "seatctl", targets: ["seatctl"]),
    .executable(name: "seatbench", targets: ["seatbench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .target(
      name: "SeatLedger",
      dependencies: [.product(name: "Crypto", package: "swift-crypto")], exclude: ["Refusals/README.md"],
      swiftSettings: settings),
    .target(name: "SeatProtocol", dependencies: ["SeatLedger"], exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "SeatSession",
      dependencies: [
        "SeatLedger", "SeatProtocol", .product(name: "DequeModule", package: "swift-collections"),
      ], swiftSettings: settings),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: settings),
    .target(
      name: "LedgerSchema", path: "SQL",
      resources: [
        .embedInCode("0001-ledger.sql"), .embedInCode("0002-rows.sql"), .embedInCode("0003-holds-and-seals.sql"),
        .embedInCode("0004-row-security.sql"), .embedInCode("0005-open-pools.sql"),
        .embedInCode("0006-turning-pools.sql"), .embedInCode("0007-pools-add-up.sql"),
        .embedInCode("0008-vacuum.sql"), .embedInCode("0009-counting.sql"),
        .embedInCode("0010-sums-of-money.sql"), .embedInCode("0011-column-privileges.sql"),
        .embedInCode("0012-head-moves.sql"), .embedInCode("0013-words-as-ordinals.sql"),
        .embedInCode("0014-pool-checks.sql"), .embedInCode("0015-numbered-attempts.sql"),
        .embedInCode("0016-first-attempts.sql"),
        .embedInCode("roles.sql"),
      ], swiftSettings: settings),
    .target(
      name: "LedgerStore",
      dependencies: ["SeatLedger", "Postgres", "LedgerSchema", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings),
    .target(
      name: "LedgerServer",
      dependencies: [
        "LedgerStore", "SeatLedger", "SeatProtocol", "SeatSession", "Postgres",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Rollover/README.md"], swiftSettings: settings),
    .target(
      name: "EmbeddedPostgres",
      dependencies: [
        "Postgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "seatledgerd",
      dependencies: [
        "EmbeddedPostgres", "LedgerServer", "LedgerStore", "Postgres", "SeatLedger", "SeatProtocol",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: programs, linkerSettings: linking),
    .target(name: "SeatClient", dependencies: ["SeatProtocol"], swiftSettings: settings),
    .executableTarget(
      name: "seatbench",
      dependencies: [
        "SeatClient", "SeatLedger", "SeatProtocol",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: programs, linkerSettings: linking),
    .executableTarget(
      name: "seatctl",
      dependencies: ["SeatClient", "SeatLedger", "SeatProtocol", .product(name: "Crypto", package: "swift-crypto")],
      exclude: ["Export/README.md", "Guides", "Import/README.md"], swiftSettings: programs,
      linkerSettings: linking),
    .target(
      name: "TestSupport", dependencies: ["LedgerServer", "Postgres", "SeatClient", "SeatLedger", "SeatProtocol"],
      path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(
      name: "SeatLedgerTests", dependencies: ["LedgerServer", "SeatLedger", "TestSupport"], swiftSettings: settings),
    .target(
      name: "Fuzzing", dependencies: ["SeatLedger", "SeatProtocol", "SeatSession"], path: "Tests/Fuzzing",
      exclude: ["Corpus"], swiftSettings: settings),
    .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing", "TestSupport"], swiftSettings: settings),
    .testTarget(name: "SeatProtocolTests", dependencies: ["SeatLedger", "SeatProtocol"], swiftSettings: settings),
    .testTarget(
      name: "SeatctlTests",
      dependencies: ["SeatClient", "SeatLedger", "SeatProtocol", "TestSupport", "seatctl", "seatledgerd"],
      swiftSettings: settings),
    .testTarget(name: "SeatSessionTests", dependencies: ["SeatSession"], swiftSettings: settings),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "LedgerServer", "LedgerStore", "Postgres", "SeatClient", "SeatLedger", "SeatProtocol", "TestSupport",
        "seatbench", "seatctl", "seatledgerd",
      ],
      exclude: ["chain.py", "recompute.py", "second_opinion.py", "workbook.py"],
      swiftSettings: settings),
  ] + fuzzer
)
