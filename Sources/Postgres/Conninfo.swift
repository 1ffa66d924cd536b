/// Writes libpq's `name='value'` connection strings.
package enum Conninfo {
  package static func text(_ settings: [(name: String, value: String)]) -> String {
    settings.map { name, value in
      let escaped = value.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
      return "\(name)='\(escaped)'"
    }.joined(separator: " ")
  }
}
