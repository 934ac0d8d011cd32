export { type BlockName, readBlocks } from "./rules/blocks.ts";
export type { LocationFacts, OperationFacts, ResourceFacts, RuleContext } from "./rules/context.ts";
export { rulePasses } from "./rules/rule.ts";
export { isTrue, parseBoolean } from "./values/boolean.ts";
export { type DateTime, type DateTimeOptions, parseDateTime } from "./values/date-time.ts";
export {
  intervalText,
  type ParsedInterval,
  parseDurationMs,
  parseInterval,
  secondsOfMs,
} from "./values/duration.ts";
export { parseInteger, parseInteger32, parseIntegerAtLeast } from "./values/integer.ts";
export {
  addScores,
  type HealthWords,
  INFINITY,
  type ParsedScore,
  parseScore,
  scoreText,
} from "./values/score.ts";
export { compareVersions } from "./values/version.ts";
