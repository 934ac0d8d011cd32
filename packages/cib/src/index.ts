export { type Identity, isAclEnabled } from "./acl/identity.ts";
export { readableCopy } from "./acl/readable-copy.ts";
export { type AccessStyle, renderAccess } from "./acl/render-access.ts";
export { compareBytes, digestV1, digestV1Sorted, digestV2, md5Hex } from "./document/digests.ts";
export { DocumentBytes } from "./document/document-bytes.ts";
export { FEATURE_SET } from "./document/feature-set.ts";
export {
  type BackupNames,
  backupNames,
  type CibFiles,
  cibFiles,
  nextBackupNumber,
  readStoredCib,
  type StoredCib,
} from "./document/files.ts";
export { type KnownNode, knownNodes, NODE_KINDS, type NodeKind, nodeNames } from "./document/known-nodes.ts";
export { CIB_RESULT_CODES, type CibResultCode } from "./document/result-codes.ts";
export { isKnownSchema, knownSchemas, NEWEST_SCHEMA } from "./document/schemas.ts";
export {
  CONFIGURATION_SECTIONS,
  type ConfigurationSection,
  type EmptyCibOptions,
  emptyCib,
  findSection,
  sectionPath,
} from "./document/sections.ts";
export {
  type CibVersion,
  compareCibVersions,
  compareDotted,
  formatVersion,
  versionOf,
} from "./document/versions.ts";
export { applyOperation, type CibContext, type CibOutcome } from "./operations/apply.ts";
export { CHANGE_RULES } from "./operations/change-rules.ts";
export { mistakesInRequest } from "./operations/mistakes-in-request.ts";
export { type CibQuery, type QueryOutcome, queryCib } from "./operations/query.ts";
export {
  CIB_FLAGS,
  CIB_OPERATIONS,
  type CibFlag,
  type CibOperation,
  type CibRequest,
  makeRequest,
  requestFromXml,
  requestToXml,
  transactionOf,
} from "./operations/request.ts";
export { CLUSTER_OPTIONS } from "./options/cluster-options.ts";
export { newMistakes } from "./options/new-mistakes.ts";
export type { Option, OptionType } from "./options/option.ts";
export {
  CLUSTER_REFERENCE,
  FENCING_REFERENCE,
  type OptionReference,
  PRIMITIVE_REFERENCE,
} from "./options/option-reference.ts";
export { describeType, isValidValue } from "./options/option-values.ts";
export {
  CLONE_OPTIONS,
  FENCING_OPTIONS,
  GROUP_OPTIONS,
  OPERATION_OPTIONS,
  PRIMITIVE_OPTIONS,
} from "./options/resource-options.ts";
export {
  checkOptions,
  describeOptionProblem,
  type OptionProblem,
  type OptionScope,
} from "./options/validate-options.ts";
export { NOTHING_RESETS, reliesOnWatchdogs, WATCHDOG_TIMEOUT_NAMES } from "./options/watchdog-timeout.ts";
export { type ApplyPatchOptions, applyPatchset, type PatchOutcome } from "./patchset/apply.ts";
export { describePatchset } from "./patchset/describe.ts";
export { type AttributeOrder, type DiffOptions, diffCib } from "./patchset/diff.ts";
export type { AttributeChange, PatchChange, Patchset } from "./patchset/patchset.ts";
export { type PatchsetReading, patchsetFromXml, patchsetToXml } from "./patchset/patchset-xml.ts";
export { pathOf } from "./patchset/paths.ts";
export { type BlockName, readBlocks } from "./rules/blocks.ts";
export type { LocationFacts, OperationFacts, ResourceFacts, RuleContext } from "./rules/context.ts";
export { rulePasses } from "./rules/rule.ts";
export { type RuleTime, ruleInTime } from "./rules/rule-in-time.ts";
export { MOVED_CLUSTER_OPTIONS } from "./upgrade/to-3/cluster-options.ts";
export { type UpgradeOutcome, upgradeCib } from "./upgrade/upgrade.ts";
export { nearestName } from "./validate/nearest-name.ts";
export { type CibPlace, type CibProblem, describeProblem } from "./validate/problem.ts";
export { relaxNg } from "./validate/relax-ng.ts";
export { checkStructure } from "./validate/structure.ts";
export { isTrue, parseBoolean } from "./values/boolean.ts";
export { type DateTime, type DateTimeOptions, parseDateTime } from "./values/date-time.ts";
export { type DayForm, dateTimeText, durationText } from "./values/date-time-text.ts";
export {
  intervalText,
  type ParsedInterval,
  parseDurationMs,
  parseInterval,
  secondsOfMs,
} from "./values/duration.ts";
export { parseInteger, parseInteger32, parseIntegerAtLeast } from "./values/integer.ts";
export { parseIsoDuration } from "./values/iso-duration.ts";
export { addDuration, parsePeriod } from "./values/period.ts";
export {
  addScores,
  type HealthWords,
  INFINITY,
  type ParsedScore,
  parseScore,
  scoreText,
} from "./values/score.ts";
export { compareVersions } from "./values/version.ts";
