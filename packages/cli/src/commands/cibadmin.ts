import { digestV1, digestV2 } from "@quorate/cib";
import { parseXml, serializeXml, XmlElement, XmlText } from "@quorate/xml";
import { type CibadminRequest, chooseRequest } from "../cibadmin/choose-request.ts";
import { type CibadminOptions, cibadminOptions } from "../cibadmin/cibadmin-options.ts";
import { accessStyle, describeAccess } from "../cibadmin/show-access.ts";
import { ALLOWS_MISTAKES, type CibCall, CibError, type CibSession } from "../cluster/cib-session.ts";
import { guardFile } from "../cluster/guard-parameters.ts";
import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import type { Output } from "../output/output.ts";
import { FileError, type World } from "../world.ts";

/** `cibadmin`: the CIB as XML. Source: cibadmin(8); CIB manager specification, 3. */
export const main = defineCommand({
  name: "cibadmin",
  isPlannable: true,
  summary: "query and change the CIB as XML",
  usage: "COMMAND [options]",
  examples: [
    { line: "cibadmin --query --scope resources", explanation: "The configured resources" },
    { line: `cibadmin --query --xpath "//nvpair[@name='target-role']"`, explanation: "All target roles" },
    { line: `cibadmin --delete --xml-text '<primitive id="old"/>'`, explanation: "Delete a resource" },
    {
      line: "cibadmin --query --user tony --show-access=color",
      explanation: "What the user tony may read (blue), write (green) and not see (red)",
    },
  ],
  options: cibadminOptions,
  run: ({ options: chosen, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const request = chooseRequest(chosen);
    if (request.kind === "call" && request.isDangerous && !chosen.force) {
      world.stderr(
        `${world.programName}: The supplied command is considered dangerous. To prevent accidental destruction of the cluster, the --force flag is required in order to proceed.\n`,
      );
      return ExitCode.unsafe;
    }
    switch (request.kind) {
      case "empty":
        showXml(output, serializeXml(request.document));
        return ExitCode.ok;
      case "digest":
        return showDigest(request.version, chosen, output);
      case "call":
        return carryOut(request, chosen, output);
    }
  },
});

function showDigest(version: 1 | 2, chosen: CibadminOptions, output: Output): number {
  const data = readData(chosen, output.world);
  if (!data.ok) return data.exitCode;
  const digest = version === 1 ? digestV1(data.data) : digestV2(data.data);
  output.show({ text: () => `${digest}\n`, xml: () => [new XmlElement("md5-sum", [["digest", digest]])] });
  return ExitCode.ok;
}

async function carryOut(
  request: CibadminRequest & { kind: "call" },
  chosen: CibadminOptions,
  output: Output,
): Promise<number> {
  const { world } = output;
  const style = chosen.showAccess === null ? null : accessStyle(chosen.showAccess, world);
  let data: XmlElement | null = null;
  if (request.needsData) {
    const read = readData(chosen, world);
    if (!read.ok) return read.exitCode;
    data = read.data;
  }
  const flags = [
    ...request.flags,
    ...(chosen.score ? ["score-update"] : []),
    ...(chosen.dryRun ? ["dryrun"] : []),
    ...(chosen.force ? [ALLOWS_MISTAKES] : []),
  ];
  const call = { operation: request.operation, section: chosen.scope, xpath: chosen.xpath, data, flags };
  const timeoutMs = chosen.timeout === null ? null : parseSeconds("--timeout", chosen.timeout) * 1000;
  const use = async (cib: CibSession): Promise<number> => {
    if (style !== null) {
      showXml(output, describeAccess(await cib.document(), chosen.user!, style, chosen, world));
      return ExitCode.ok;
    }
    await guardFile(world, cib, call);
    if (request.operation === "cib_query" && !chosen.nodePath) {
      const text = await cib.textOf(call);
      if (text !== null) showXml(output, text);
      return ExitCode.ok;
    }
    const reply = await callOrTell(cib, call, output);
    if (request.operation === "cib_upgrade" && chosen.verbose >= 2) tellRemarks(reply, world);
    if (reply !== null && request.operation === "cib_query") showXml(output, pathsOf(reply));
    return ExitCode.ok;
  };
  // The rights of the user whose access is shown are applied by showing them.
  const user = style === null ? chosen.user : null;
  return withCib(world, use, (error) => `CIB API call failed: ${error.message}`, { user, timeoutMs });
}

/** That there is nothing to upgrade is no failure. Of a refused creation it is shown which object was in the way. */
async function callOrTell(cib: CibSession, call: CibCall, output: Output): Promise<XmlElement | null> {
  try {
    return await cib.call(call);
  } catch (error) {
    if (!(error instanceof CibError)) throw error;
    if (error.data?.name === "failed") showXml(output, serializeXml(error.data));
    if (call.operation !== "cib_upgrade" || error.exitCode !== ExitCode.ok) throw error;
    output.text(`Upgrade unnecessary: ${error.message}\n`);
    return null;
  }
}

function tellRemarks(log: XmlElement | null, world: World): void {
  for (const remark of log?.all("remark") ?? []) {
    world.stderr(`${remark.children.map((child) => (child.kind === "text" ? child.text : "")).join("")}\n`);
  }
}

/** XML is shown as it is; inside an XML result it is text. */
function showXml(output: Output, text: string): void {
  output.show({
    text: () => text,
    xml: () => {
      const element = new XmlElement("output");
      element.append(new XmlText(text, { isCdata: true }));
      return [element];
    },
  });
}

type DataResult =
  | { readonly ok: true; readonly data: XmlElement }
  | { readonly ok: false; readonly exitCode: number };

/** What is wrong with it has been said. */
function readData(chosen: CibadminOptions, world: World): DataResult {
  const sources = Number(chosen.xmlText !== null) + Number(chosen.xmlFile !== null) + Number(chosen.xmlPipe);
  if (sources !== 1)
    throw new UsageError("give the object with exactly one of --xml-text, --xml-file, --xml-pipe");
  let place = "--xml-text";
  let text: string;
  try {
    if (chosen.xmlText !== null) text = chosen.xmlText;
    else if (chosen.xmlFile !== null) {
      place = chosen.xmlFile;
      text = world.readFile(chosen.xmlFile);
    } else {
      place = "standard input";
      text = world.readStdin();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    world.stderr(`${world.programName}: ${error.message}\n`);
    return { ok: false, exitCode: ExitCode.noInput };
  }
  const parsed = parseXml(text);
  if (parsed.ok) return { ok: true, data: parsed.root };
  const { line, column, message } = parsed.error;
  world.stderr(`${world.programName}: ${place}:${line}:${column}: ${message}\n`);
  return { ok: false, exitCode: ExitCode.dataError };
}

/** Paths of the matches, a line each. */
function pathsOf(reply: XmlElement): string {
  return reply
    .elements()
    .map((match) => `${match.id}\n`)
    .join("");
}
