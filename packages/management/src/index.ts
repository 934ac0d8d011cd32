/** The management service of a host, `quorate-pcsd`, and what its clients need: known hosts, requests, this machine's own cluster. */
export { changeKnownHosts, readKnownHosts } from "./client/known-hosts.ts";
export { type RequestOptions, requestHost, type Target } from "./client/request.ts";
export { QUORATE_PCSD } from "./help.ts";
export { type ClusterFiles, restoring } from "./machine/cluster-files.ts";
export { OwnCluster } from "./machine/own-cluster.ts";
export { type ManagementPaths, managementPaths } from "./paths.ts";
export {
  DEFAULT_PORT,
  type FileContent,
  type FileKind,
  type HostState,
  type KnownHost,
  ManagementError,
  type MethodName,
  type Methods,
  type QdeviceAction,
  type SbdProblem,
  type SbdState,
  SERVICES,
  type ServiceName,
  type ServiceState,
} from "./protocol/contract.ts";
export {
  parseRecoverySites,
  printRecoverySites,
  type RecoverySites,
  type SiteRole,
} from "./protocol/recovery-sites.ts";
export { TokenStore } from "./server/tokens.ts";
