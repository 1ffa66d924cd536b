extension District {
  /// One district's few facts, so that the demonstration needs no file: North Carolina's public report card for the
  /// school year 2018-19, industry credentials earned by school, all vendors.
  static let sample = District(
    code: "010", name: "Alamance-Burlington Schools",
    schools: [
      School(code: "010303", name: "ABSS Early College at ACC", credentials: 5),
      School(code: "010311", name: "Career and Technical Education Center", credentials: 333),
      School(code: "010324", name: "Eastern Alamance High", credentials: 1285),
      School(code: "010348", name: "Graham High", credentials: 951),
      School(code: "010360", name: "Hugh M Cummings High", credentials: 314),
      School(code: "010388", name: "Southern Alamance High", credentials: 1912),
      School(code: "010396", name: "Walter M Williams High", credentials: 365),
      School(code: "010400", name: "Western Alamance High", credentials: 887),
    ])
}
