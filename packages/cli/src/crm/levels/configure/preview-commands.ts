import { viewCluster } from "@quorate/scheduler";
import { cibSource } from "../../../cluster/cib-source.ts";
import { RESOURCE_WORDS } from "../../language/object-types.ts";
import type { Shell } from "../../shell/shell.ts";
import { agentLabel } from "../agent-text.ts";
import { onSimulation } from "../simulation-words.ts";
import { crmResource } from "../tools.ts";

/** `ptest`: what the cluster would do if the changes of this session were committed, in its state or in the one that `cibstatus` made up. */
export async function previewTransition(shell: Shell, args: readonly string[]): Promise<boolean> {
  const cib = (await shell.configuration()).cib.clone();
  const status = shell.statusDraft?.cib.first("status")?.clone();
  if (status !== undefined) {
    cib.first("status")?.remove();
    cib.append(status);
  }
  return onSimulation(shell, "ptest", args, cib, ["--simulate"]);
}

/** `validate-all RESOURCE`: of what is being configured, committed or not. An agent that is content says nothing. */
export async function validateAll(shell: Shell, args: readonly string[]): Promise<boolean> {
  const id = args[0]!;
  const copy = await shell.configuration();
  const object = copy.find(id);
  if (object?.type.word !== "primitive") {
    const what = object === null ? `Not found: ${id}` : `Not a primitive: ${id}`;
    shell.messages.error(`configure.validate-all: ${what}`);
    return false;
  }
  const view = viewCluster(copy.cib, Math.floor(shell.world.nowMs() / 1000));
  const agent = view.resource(id)?.agent ?? null;
  if (agent === null || agent.class !== "ocf") {
    shell.messages.error(
      `configure.validate-all: ${id}: Cannot run validate-all for agent: ${agent === null ? "none" : agentLabel(agent)}`,
    );
    return false;
  }
  const { rc, status, reason, output } = await shell.world.runAgent({
    resource: id,
    agent,
    action: "validate-all",
    timeoutMs: VALIDATION_TIMEOUT_MS,
    parameters: view.parameters(id, view.nodeNames[0] ?? ""),
  });
  if (rc === 0 && status === 0) return true;
  shell.messages.error(
    `configure.validate-all: ${id}: ${agentLabel(agent)} answers ${rc}${reason === "" ? "" : `: ${reason}`}`,
  );
  if (output.trim() !== "") shell.messages.print(output.trimEnd());
  return false;
}

const VALIDATION_TIMEOUT_MS = 20_000;

/**
 * `rsctest RESOURCE ... [NODE]`: starts resources that run nowhere, one after the other, beside the cluster, looks at each, and stops them again. On
 * this node: who wants to know about another one types it there.
 */
export async function testResources(shell: Shell, args: readonly string[]): Promise<boolean> {
  const copy = await shell.configuration();
  const nodes = new Set(copy.nodeNames());
  const resources: string[] = [];
  for (const name of args) {
    const object = copy.find(name);
    if (object === null) {
      shell.messages.error(`element ${name} does not exist`);
      return false;
    }
    if (nodes.has(name)) {
      shell.messages.error(
        `configure.rsctest: ${name} is a node. Resources are tested on the node where this is typed; type it on ${name}`,
      );
      return false;
    }
    if (object.type.word !== "primitive") {
      const inside = [...object.element.descendants("primitive")].map(({ id }) => id);
      const hint = RESOURCE_WORDS.has(object.type.word) ? `. Name what is in it: ${inside.join(" ")}` : "";
      shell.messages.error(`configure.rsctest: ${name} is a ${object.type.word}, which no agent runs${hint}`);
      return false;
    }
    resources.push(name);
  }
  if (resources.length === 0) {
    shell.messages.error("specify at least one resource");
    return false;
  }
  if (cibSource(shell.world.env).kind !== "live") {
    shell.messages.error(
      "configure.rsctest: this needs the running cluster: a CIB file or shadow CIB cannot tell what runs on this node",
    );
    return false;
  }
  for (const name of resources) {
    if (await runsNowhere(shell, name)) continue;
    shell.messages.error(
      `configure.rsctest: ${name} runs, or nobody can tell. Stop it first: crm resource stop ${name}`,
    );
    return false;
  }
  return startAndStop(shell, resources);
}

/** Whatever happens, what was started is stopped again, the last one first. */
async function startAndStop(shell: Shell, resources: readonly string[]): Promise<boolean> {
  const started: string[] = [];
  let isGood = true;
  for (const name of resources) {
    // Also one whose start fails may leave something behind.
    started.unshift(name);
    isGood = (await act(shell, name, "start")) && (await act(shell, name, "check"));
    if (!isGood) break;
  }
  for (const name of started) if (!(await act(shell, name, "stop"))) isGood = false;
  return isGood;
}

async function act(shell: Shell, name: string, action: "start" | "stop" | "check"): Promise<boolean> {
  const isDone = await crmResource(shell, ["--resource", name, `--force-${action}`]);
  if (isDone) shell.messages.info(`${name}: ${action} succeeded`);
  else shell.messages.error(`${name}: ${action} failed`);
  return isDone;
}

async function runsNowhere(shell: Shell, name: string): Promise<boolean> {
  let told = "";
  const { main } = await import("../../../commands/crm_resource.ts");
  const world = {
    ...shell.world,
    programName: "crm_resource",
    stdout: (text: string) => {
      told += text;
    },
  };
  await main(["--resource", name, "--locate"], world);
  return / is NOT running$/m.test(told);
}
