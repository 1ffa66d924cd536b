/// What is wrong with a line of a file, and what to write instead.
struct Problem {
  let line: Int
  var column: String?
  let message: String

  /// As compilers say it, so that editors find the place.
  func text(in file: String) -> String {
    "\(file):\(line): \(column.map { "\($0): " } ?? "")\(message)"
  }
}
