import { createHash } from "node:crypto";
import { viewCluster } from "@quorate/scheduler";
import { cibSource } from "../../cluster/cib-source.ts";
import type { Shell } from "../shell/shell.ts";
import { runOnAll } from "./other-hosts.ts";
import { crmResource } from "./tools.ts";

/** Where the hosts keep secrets; the executor reads them there. */
const FOLDER = "/var/lib/pacemaker/lrm/secrets";
/** What stands in the CIB for a secret. */
const PLACEHOLDER = "lrm://";
/** Names become parts of a path. */
const NAME = /^[A-Za-z_][\w.-]*$/;

const ACTIONS: readonly string[] = ["set", "stash", "unstash", "delete", "show", "check"];

/** `secret RESOURCE {set PARAMETER VALUE|stash|unstash|delete|show|check PARAMETER}`: values that hosts keep and the CIB does not. */
export async function secret(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [resource, action, parameter, value] = args as [string, string, string, string | undefined];
  const typed = `secret ${args.join(" ")}`;
  if (!ACTIONS.includes(action)) return refuse(shell, `Bad usage: '${action}', command: '${typed}'`);
  if (action === "set" && value === undefined)
    return refuse(shell, `Bad usage: Missing value argument to set, command: '${typed}'`);
  if (!NAME.test(resource) || !NAME.test(parameter))
    return refuse(shell, `resource.secret: "${resource}" or "${parameter}" cannot name a secret`);
  if (cibSource(shell.world.env).kind !== "live") {
    shell.messages.print(
      "ERROR: this needs the running cluster: its hosts keep secrets, a CIB file or shadow CIB does not",
    );
    return false;
  }
  const view = viewCluster(await shell.readCib(), Math.floor(shell.world.nowMs() / 1000));
  if (view.resource(resource) === null) return refuse(shell, `Resource not found: ${resource}`);
  const path = `${FOLDER}/${resource}/${parameter}`;
  const inCib = view.parameters(resource, "").get(parameter) ?? null;
  const keepInstead = async (text: string): Promise<boolean> => {
    if (!(await keep(shell, path, text))) return false;
    if (await setParameter(shell, resource, parameter, PLACEHOLDER)) return true;
    // Nothing refers to it: it must not lie about.
    if (inCib !== PLACEHOLDER) await forget(shell, path);
    return false;
  };
  switch (action) {
    case "set":
      return keepInstead(value!);
    case "stash":
      if (inCib === null) return refuse(shell, `resource.secret: ${resource} has no parameter ${parameter}`);
      if (inCib === PLACEHOLDER) return refuse(shell, `resource.secret: ${parameter} is a secret already`);
      return keepInstead(inCib);
    case "unstash": {
      const text = readSecret(shell, path);
      if (text === null) return false;
      return (await setParameter(shell, resource, parameter, text)) && forget(shell, path);
    }
    case "delete":
      return (
        (await crmResource(shell, ["--resource", resource, "--delete-parameter", parameter])) &&
        (await forget(shell, path))
      );
    case "show": {
      const text = readSecret(shell, path);
      if (text !== null) shell.messages.print(text);
      return text !== null;
    }
    default:
      return readSecret(shell, path) !== null;
  }
}

function refuse(shell: Shell, text: string): false {
  shell.messages.error(text);
  return false;
}

function setParameter(shell: Shell, resource: string, name: string, value: string): Promise<boolean> {
  return crmResource(shell, ["--resource", resource, "--set-parameter", name, "--parameter-value", value]);
}

function sumOf(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** The secret as this host keeps it; null when it keeps none, or a damaged one, which is told. */
function readSecret(shell: Shell, path: string): string | null {
  const { world } = shell;
  if (!world.fileExists(path) || !world.fileExists(`${path}.sign`)) {
    refuse(shell, `resource.secret: this host keeps no such secret (${path})`);
    return null;
  }
  const text = world.readFile(path);
  if (world.readFile(`${path}.sign`).trim() === sumOf(text)) return text.trimEnd();
  refuse(shell, `resource.secret: ${path} does not match its checksum in ${path}.sign; set it again`);
  return null;
}

/** On this host and on all others, before anything in the CIB says that it is there. */
async function keep(shell: Shell, path: string, text: string): Promise<boolean> {
  shell.world.writeOwnFile(path, text);
  shell.world.writeOwnFile(`${path}.sign`, `${sumOf(text)}\n`);
  return spread(shell, path, "keep");
}

async function forget(shell: Shell, path: string): Promise<boolean> {
  shell.world.removeFile(path);
  shell.world.removeFile(`${path}.sign`);
  return spread(shell, path, "forget");
}

/** The other hosts get the same through ssh; the secret goes through standard input, where no list of processes shows it. */
async function spread(shell: Shell, path: string, what: "keep" | "forget"): Promise<boolean> {
  const { world, messages } = shell;
  const own = world.filterText("uname -n", "").output.trim();
  const nodes = (await shell.readCib()).first("configuration")?.first("nodes")?.all("node") ?? [];
  const hosts = nodes.map((node) => node.get("uname") ?? "").filter((name) => name !== "" && name !== own);
  const folder = path.slice(0, path.lastIndexOf("/"));
  const command =
    what === "keep"
      ? `umask 077 && mkdir -p ${folder} && cat > ${path} && md5sum < ${path} | cut -c1-32 > ${path}.sign`
      : `rm -f ${path} ${path}.sign`;
  const answers = await runOnAll(shell, hosts, command, {
    input: what === "keep" ? world.readFile(path) : "",
  });
  for (const { host, problem } of answers) {
    if (problem !== "") messages.error(`resource.secret: ${host} does not ${what} it: ${problem}`);
  }
  return answers.every(({ problem }) => problem === "");
}
