/**
 * The door for whoever runs commands inside its own process: tests and the conformance runner. Launchers in
 * `bin/` are built from `commands/` directly.
 */

export type { AgentCatalogue } from "@quorate/executor";
export { installedAgents } from "./agents/installed-agents.ts";
export { runAgent } from "./agents/run-agent.ts";
export type { Main } from "./command.ts";
export { main as crm } from "./commands/crm.ts";
export { main as crmSimulate } from "./commands/crm_simulate.ts";
export { main as pcs } from "./commands/pcs.ts";
export { bashCompletion } from "./manual/bash-completion.ts";
export { manPage, manPageName } from "./manual/man-page.ts";
export { type Manual, type ManualCommand, manualsOf } from "./manual/manual.ts";
export { QUORATE_COMMANDS } from "./resident/help.ts";
export { FileError, type World } from "./world.ts";
