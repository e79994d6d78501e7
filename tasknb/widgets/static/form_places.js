// Where a problem belongs: from a path in the task to the field that is to be changed.

const PLACES = [
  [/^name/, "name"],
  [/^type/, "type"],
  [/^description/, "instructions"],
  [/^priority/, "priority"],
  [/^sample_ms/, "sample_ms"],
  [/^concepts.*auto_annotation_config\.annotation_data_types/, "data_types"],
  [/^concepts.*auto_annotation_config\.status_code/, "new_status"],
  [/^concepts.*auto_annotation_config\.time_of_day_range/, "time_of_day"],
  [/^concepts.*auto_annotation_config\.polygon/, "outline"],
  [/^concepts.*auto_annotation_config/, "limits"],
  [/^concepts/, "concepts"],
  [/^input_source\.id/, "dataset"],
  [/^input_source/, "source"],
  [/^worker\.partitioned_strategy_info\.weights/, "weights"],
  [/^worker\.partitioned_strategy_info\.workers_per_input/, "workers_per_input"],
  [/^worker\.(strategy|partitioned_strategy_info)/, "strategy"],
  [/^worker/, "workers"],
  [/^review\.users/, "reviewers"],
  [/^review\.consensus_strategy_info\.approval_threshold_reviewers/, "all_reviewers"],
  [/^review\.consensus_strategy_info/, "agreement"],
  [/^review/, "review"],
];

/** The field that a path belongs to, seen from what is filled in; empty when the form has none for it. */
export function fieldOf(path, fields) {
  const name = PLACES.find(([pattern]) => pattern.test(path))?.[1] ?? "";
  if (name === "workers" && fields.work === "model") return "model";
  if (name === "dataset") return { INPUT: "input", SAVED_SEARCH: "search" }[fields.source] ?? name;
  return name;
}
