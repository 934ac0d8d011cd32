/**
 * A cluster of real daemons on this machine, with power switches and network cables that can be pulled. `quorate playground`, the fence agent
 * `fence_playground` and the end-to-end tests stand on it.
 */
export { type ClaimResult, claimDirectory } from "./claim.ts";
export { askSupervisor, type ControlReply, type ControlRequest, type NodeState } from "./control.ts";
export { initialConfiguration } from "./initial-cib.ts";
export {
  defaultDirectory,
  type Layout,
  layoutOf,
  nodeMarker,
  type PlaygroundNode,
  playgroundMarker,
} from "./layout.ts";
export { Playground, type PlaygroundOptions } from "./playground.ts";
export { type Reaper, reapWhenOrphaned, removePlayground, startReaper } from "./reaper.ts";
