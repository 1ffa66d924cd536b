/// What somebody may have meant.
package enum Spelling {
  private static let mostSlips = 2

  /// The nearest word within two slips, or the only one that begins alike.
  package static func nearest(to word: String, among words: [String]) -> String? {
    guard (2...64).contains(word.utf8.count) else { return nil }
    // Two slips change the length by two at most.
    let ranked = words.filter { abs($0.utf8.count - word.utf8.count) <= mostSlips }
      .map { ($0, distance(Array(word.utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
    if let (near, slips) = ranked, slips <= mostSlips, slips < near.utf8.count { return near }
    let alike = words.filter { $0.hasPrefix(word) }
    return alike.count == 1 ? alike[0] : nil
  }

  /// Levenshtein's distance: insertions, deletions and replacements.
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (i, byte) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, against) in other.enumerated() {
        let replaced = diagonal + (byte == against ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[other.count]
  }
}
