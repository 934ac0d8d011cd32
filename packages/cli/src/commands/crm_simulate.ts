import {
  dotGraph,
  type EffectiveDate,
  graphXmlPieces,
  type SimulationReport,
  type SimulationRequest,
  type SimulationResult,
  simulate,
  TextSimulationReport,
  type TextSinks,
  XmlSimulationReport,
} from "@quorate/scheduler";
import { serializeXml, type XmlElement } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseDate } from "../input/parse-date.ts";
import { noticesAbout, readDocument } from "../input/read-document.ts";
import { refuseInvalid } from "../input/refuse-invalid.ts";
import type { ParsedValues } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import { simulateOptions } from "../simulation/simulate-options.ts";
import { FileError, type World } from "../world.ts";

type Options = ParsedValues<typeof simulateOptions>;

/** `crm_simulate`: what would the cluster do? Source: scheduler specification, part 4, 3. */
export const main = defineCommand({
  name: "crm_simulate",
  summary: "show what the cluster would do in a given situation, without touching it.",
  usage: "[options]",
  options: simulateOptions,
  examples: [
    { explanation: "Show status, planned actions and the result", line: "crm_simulate -S -x cib.xml" },
    {
      explanation: "See what happens when a node fails",
      line: "crm_simulate -S -x cib.xml --node-fail node1",
    },
    { explanation: "Show placement scores", line: "crm_simulate -sR -x cib.xml" },
    {
      explanation: "Draw the planned actions",
      line: "crm_simulate -R -x cib.xml -D plan.dot && dot -Tsvg plan.dot > plan.svg",
    },
  ],
  run: ({ options: values, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`unexpected argument "${operands[0]}"`);
    const sourceCount = [values.xmlFile !== null, values.xmlPipe, values.liveCheck].filter(Boolean).length;
    if (sourceCount > 1) {
      throw new UsageError("--xml-file, --xml-pipe and --live-check exclude each other; give one source");
    }
    if (values.inPlace && values.xmlFile === null && !values.liveCheck) {
      throw new UsageError("--in-place needs --xml-file, the file in which the result is stored");
    }
    const request = requestOf(values, world);
    if (values.profile !== null) return profile(values.profile, values.repeat, request, world);
    const call = { values, request, output };
    return values.liveCheck ? simulateLive(call, world) : simulateFile(call, world);
  },
});

interface Call {
  readonly values: Options;
  readonly request: SimulationRequest;
  readonly output: Output;
}

function requestOf(values: Options, world: World): SimulationRequest {
  let date: EffectiveDate | null = null;
  if (values.date !== null) {
    const epochS = parseDate(values.date, world.nowMs());
    if (epochS === null) {
      throw new UsageError(
        `--set-datetime "${values.date}": not a date; write for example 2026-03-01 12:00:00Z`,
      );
    }
    date = { text: values.date, epochS };
  }
  const simulates = values.simulate || values.inPlace || values.opFail.length > 0;
  const implied = values.showScores || values.showUtilization || values.saveGraph !== null;
  return {
    runs: values.run || simulates || implied || values.saveDotfile !== null,
    simulates,
    showsScores: values.showScores,
    showsUtilization: values.showUtilization,
    showsNodeAttributes: values.showAttributes,
    showsFailures: values.showFailures,
    injections: {
      quorum: values.quorum,
      watchdog: values.watchdog,
      nodesUp: values.nodeUp,
      nodesDown: values.nodeDown,
      nodesFailed: values.nodeFail,
      ticketsGranted: values.ticketGrant,
      ticketsRevoked: values.ticketRevoke,
      ticketsStandby: values.ticketStandby,
      ticketsActivated: values.ticketActivate,
      operations: values.opInject,
    },
    failures: values.opFail,
    date,
    clockS: Math.floor(world.nowMs() / 1000),
  };
}

function simulateFile(call: Call, world: World): number | Promise<number> {
  const { xmlFile } = call.values;
  const read = readDocument(world, xmlFile);
  if (!read.ok) {
    world.stderr(`${world.programName}: ${read.message}\n`);
    return read.exitCode;
  }
  for (const notice of read.notices) world.stderr(`${notice}\n`);
  return simulateDocument(call, read.document, xmlFile ?? "standard input", world);
}

/** `--live-check`: the cluster's CIB, or the one that CIB_file names; only the latter takes results. */
async function simulateLive(call: Call, world: World): Promise<number> {
  const { withCib } = await import("../cluster/open-cib.ts");
  return withCib(world, async (cib) => {
    if (call.values.inPlace && cib.isLive) {
      throw new UsageError(
        "--in-place would overwrite the running cluster's CIB with a simulated one; save it with --save-output instead, or set CIB_file",
      );
    }
    const document = await cib.document();
    for (const notice of noticesAbout(document)) world.stderr(`${notice}\n`);
    return simulateDocument(call, document, "the CIB", world, async (output) => {
      // The simulation has counted its changes one by one, as a cluster would have.
      await cib.call({ operation: "cib_replace", data: output, flags: ["sync"] });
    });
  });
}

/** Simulates, prints, saves. `storeInPlace` is for a source that is no file. */
async function simulateDocument(
  { values, request, output }: Call,
  document: XmlElement,
  place: string,
  world: World,
  storeInPlace: ((output: XmlElement) => Promise<void>) | null = null,
): Promise<number> {
  const refusal = refuseInvalid(world, document, place);
  if (refusal !== null) return refusal;
  const xml = output.isStructured ? new XmlSimulationReport({ isQuiet: values.quiet }) : null;
  const sinks = gatheringSinks(output, world);
  const isPlain = values.quiet && values.showScores;
  const report: SimulationReport = xml ?? new TextSimulationReport(sinks, { isQuiet: values.quiet, isPlain });
  let result: SimulationResult;
  try {
    result = simulate(document, request, report);
  } finally {
    sinks.flush();
  }
  const exitCode = result.isValid ? ExitCode.ok : ExitCode.error;
  if (xml !== null) {
    output.elements(xml.sections);
    for (const error of xml.errors) world.stderr(error);
  }
  try {
    saveResults(values, result, world);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    world.stderr(`${world.programName}: ${error.message}\n`);
    return ExitCode.cannotCreate;
  }
  if (values.inPlace && storeInPlace !== null) await storeInPlace(result.output);
  return exitCode;
}

/** Characters of text that are gathered before they are written. */
const GATHERED_LENGTH = 16 * 1024;

/** A large cluster has thousands of lines, which come one by one: they are written in few pieces, in order with the errors. */
function gatheringSinks(output: Output, world: World): TextSinks & { flush(): void } {
  let gathered = "";
  const flush = () => {
    if (gathered !== "") output.text(gathered);
    gathered = "";
  };
  return {
    out: (piece) => {
      gathered += piece;
      if (gathered.length >= GATHERED_LENGTH) flush();
    },
    error: (piece) => {
      flush();
      world.stderr(piece);
    },
    flush,
  };
}

/** Files come after the text, so that what was computed is seen even if one of them cannot be written. */
function saveResults(values: Options, { schedule, input, output }: SimulationResult, world: World): void {
  if (values.saveInput !== null) world.writeFile(values.saveInput, serializeXml(input));
  if (schedule !== null && values.saveGraph !== null) {
    world.writePieces(values.saveGraph, graphXmlPieces(schedule.graph));
  }
  if (schedule !== null && values.saveDotfile !== null) {
    const options = { showsAllActions: values.allActions, showsIds: values.verbose > 0 };
    world.writeFile(values.saveDotfile, dotGraph(schedule.cluster, options));
  }
  const outputFile = values.saveOutput ?? (values.inPlace ? values.xmlFile : null);
  if (outputFile !== null) world.writeFile(outputFile, serializeXml(output));
}

/** Source: scheduler specification, part 4, 3.1, `-P`. */
function profile(folder: string, repeat: string | null, request: SimulationRequest, world: World): number {
  const count = repeat === null ? 1 : Number(repeat);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`--repeat "${repeat}": not a number of repetitions, such as 10`);
  }
  const quiet = { ...request, runs: true, simulates: false, showsScores: false, showsUtilization: false };
  const nowhere = { out: () => {}, error: () => {} };
  world.stdout("Timings:\n");
  let status: number = ExitCode.ok;
  for (const name of world.listFiles(folder)) {
    if (!name.endsWith(".xml")) continue;
    const path = `${folder}/${name}`;
    const read = readDocument(world, path);
    if (!read.ok) {
      world.stderr(`${world.programName}: ${read.message}\n`);
      status = read.exitCode;
      continue;
    }
    const startedMs = world.nowMs();
    for (let round = 0; round < count; round++) {
      simulate(read.document, quiet, new TextSimulationReport(nowhere, { isQuiet: true, isPlain: true }));
    }
    const elapsedS = (world.nowMs() - startedMs) / 1000;
    world.stdout(`  * Testing ${path} ... ${elapsedS.toFixed(2)} secs\n`);
  }
  return status;
}
