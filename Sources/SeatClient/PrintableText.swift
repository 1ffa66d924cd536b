extension String {
  /// The same on one line that reads from left to right: what somebody has typed into a reason must not write over the
  /// lines around it or turn them about, on a screen, on paper or in a file.
  ///
  /// Tabs and line ends become spaces; other control characters, and the marks that change the direction of writing,
  /// become U+FFFD.
  package var printable: String {
    guard utf8.contains(where: { !(0x20..<0x7F).contains($0) }) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map(Self.printable)))
  }

  private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": " "
    case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": "\u{FFFD}"
    case "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": "\u{FFFD}"
    default: scalar
    }
  }
}
