/// A short name that people and scripts give to a thing: `[a-z0-9][a-z0-9.-]{0,63}`.
///
/// `Kind` keeps a school's code from being used where a test's is meant.
package struct Code<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  /// `nil` unless `text` has the shape of a code.
  package init?(_ text: String) {
    guard Self.isCode(text) else { return nil }
    self.text = text
  }

  /// For text that was checked before it was stored.
  package init(stored text: String) {
    self.text = text
  }

  package var description: String { text }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

  private static func isCode(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
    guard first.isLowercaseLetter || first.isDigit else { return false }
    return text.hasOnly {
      $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
    }
  }
}

package enum TenantKind {}
package enum SchoolKind {}
package enum ProgramKind {}
package enum SeriesKind {}
package enum TestKind {}
package enum FundKind {}
package enum TokenKind {}

package typealias TenantCode = Code<TenantKind>
package typealias SchoolCode = Code<SchoolKind>
package typealias ProgramCode = Code<ProgramKind>
package typealias SeriesCode = Code<SeriesKind>
package typealias TestCode = Code<TestKind>
package typealias FundCode = Code<FundKind>
package typealias TokenName = Code<TokenKind>

extension Code where Kind == SchoolKind {
  /// The site that every tenant is born with: for seats that no school holds yet.
  package static var district: Self { Self(stored: "district") }
}

extension Code where Kind == FundKind {
  /// The fund where none is named.
  package static var general: Self { Self(stored: "general") }
}

extension String {
  /// Whether every byte of its UTF-8 is allowed, looked at where they are.
  package func hasOnly(_ isAllowed: (UInt8) -> Bool) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isAllowed) } ?? utf8.allSatisfy(isAllowed)
  }
}

extension UInt8 {
  package var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  package var isLowercaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
  package var isUppercaseLetter: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
  package var isLetter: Bool { isLowercaseLetter || isUppercaseLetter }
}
