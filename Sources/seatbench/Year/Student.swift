/// One made-up student of a school: a token, a test, and how far the year has brought them.
struct Student {
  let school: Int
  let token: String
  let test: String
  /// Tries in autumn or in spring.
  let isAutumn: Bool
  var standing = Standing.new
  var attempt: Int64 = 0

  enum Standing {
    case new, failedOnce, failedTwice, passed
    /// Reserved and never came.
    case absent
    /// Failed for good, cancelled or turned away.
    case out
  }
}

extension Student {
  private static let tests = [
    "brakes", "engine-repair", "engine-performance", "electrical-electronic-systems", "suspension-steering",
    "maintenance-light-repair", "painting-refinishing", "structural-analysis", "mechanical-electrical", "truck-brakes",
    "truck-diesel-engines", "truck-inspection-maintenance",
  ]

  /// As many students as the schools' credentials, from a seed.
  static func make(for district: District, _ random: inout SplitMix64) -> [Student] {
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
    return district.schools.enumerated().flatMap { index, school in
      (0..<school.credentials).map { serial in
        let tail = (0..<4).map { _ in letters.randomElement(using: &random).map(String.init) ?? "" }.joined()
        return Student(
          school: index, token: "s\(serial)\(tail)", test: tests.randomElement(using: &random) ?? "brakes",
          isAutumn: Bool.random(using: &random))
      }
    }
  }
}
