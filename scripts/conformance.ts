import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type ConformanceCase, OUTPUT_KINDS, type OutputKind, readCases } from "./conformance/case.ts";
import { runCliSuite } from "./conformance/cli/run-cli-suite.ts";
import { readCliSuite } from "./conformance/cli/suite.ts";
import { runOfflineSuite } from "./conformance/offline/run-offline-suite.ts";
import { readOfflineSuite } from "./conformance/offline/suite.ts";
import { differences, failingLines, failureCounts, resultTable } from "./conformance/report.ts";
import { type CaseResult, passes, runCase } from "./conformance/run-case.ts";
import { runUpgradeSuite, upgradeFolders } from "./conformance/upgrade/run-upgrade-suite.ts";

const USAGE = `Usage: npm run conformance -- FOLDER [--only NAME]... [--group N] [--tool NAME] [--show NAME]... [--output KIND]... [--list-failing]

Runs the cases of a conformance folder and compares every output. Exit status 0 only if all match.
  --only NAME      run this case (may be repeated; a * stands for any text)
  --group N        run the cases of this group
  --show NAME      run this case and print what differs, expected lines with -, actual ones with +
  --output KIND    judge only this output: ${OUTPUT_KINDS.join(", ")} (may be repeated)
  --list-failing   print only the names of failing cases

A folder with commands of pcs or crm on files is run in this process; --tool says which program (default: pcs, or crm for a folder
of that name). There --only and --show take the id of a case, with a * for any text.

A folder of command-line tests is run against the programs in bin/, which are built first. There --only and --show take
SUITE or SUITE:GROUP.
`;

const SLOW_MS = 2000;

/** The conformance suite, in one process. */
export async function run(args: readonly string[]): Promise<number> {
  // A reader such as head may close its end before everything is printed.
  process.stdout.on("error", () => {});
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true, default: [] },
      show: { type: "string", multiple: true, default: [] },
      output: { type: "string", multiple: true, default: [] },
      group: { type: "string" },
      tool: { type: "string" },
      "list-failing": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [folderArgument] = positionals;
  if (values.help || folderArgument === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 64;
  }
  const folder = resolve(folderArgument);
  const offlineSuite = readOfflineSuite(folder);
  if (offlineSuite !== null) {
    return runOfflineSuite(offlineSuite, {
      tool: values.tool ?? (basename(folder) === "crm" ? "crm" : "pcs"),
      only: [...values.only, ...values.show],
      showsDifferences: values.show.length > 0,
      listsFailing: values["list-failing"],
    });
  }
  const upgrades = upgradeFolders(folder);
  if (upgrades !== null) {
    const only = [...values.only, ...values.show];
    return runUpgradeSuite(upgrades, { only, showsDifferences: values.show.length > 0 });
  }
  const cliSuite = readCliSuite(folder);
  if (cliSuite !== null) {
    const only = [...values.only, ...values.show];
    return runCliSuite(folder, cliSuite, { only, showsDifferences: values.show.length > 0 });
  }
  const kinds =
    values.output.length === 0 ? OUTPUT_KINDS : OUTPUT_KINDS.filter((kind) => values.output.includes(kind));
  const cases = selectCases(readCases(folder), [...values.only, ...values.show], values.group);
  if (cases.length === 0) {
    console.error("No case has that name.");
    return 1;
  }

  const results: CaseResult[] = [];
  for (const testCase of cases) results.push(onlyKinds(await runCase(folder, testCase), kinds));
  const failing = results.filter((result) => !passes(result));

  if (values.show.length > 0) {
    for (const result of results) for (const line of differences(folder, result, kinds)) console.log(line);
  }
  if (values["list-failing"]) {
    for (const result of failing) console.log(result.case.name);
    return failing.length === 0 ? 0 : 1;
  }
  print("", resultTable(results));
  print("Failing:", failingLines(results));
  print("Exceptions:", failureCounts(results));
  print(
    `Slower than ${SLOW_MS} ms:`,
    results
      .filter(({ elapsedMs }) => elapsedMs > SLOW_MS)
      .map((slow) => `${slow.case.name}: ${Math.round(slow.elapsedMs)} ms`),
  );
  console.log(`\n${results.length - failing.length} of ${results.length} cases pass in full`);
  return failing.length === 0 ? 0 : 1;
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  console.log(`\n${title}`.trimEnd());
  for (const line of lines) console.log(line);
}

function selectCases(
  cases: readonly ConformanceCase[],
  names: readonly string[],
  group: string | undefined,
): ConformanceCase[] {
  const patterns = names.map(
    (name) =>
      new RegExp(
        `^${name
          .split("*")
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
          .join(".*")}$`,
      ),
  );
  return cases.filter(
    (testCase) =>
      (patterns.length === 0 || patterns.some((pattern) => pattern.test(testCase.name))) &&
      (group === undefined || String(testCase.group) === group),
  );
}

function onlyKinds(result: CaseResult, kinds: readonly OutputKind[]): CaseResult {
  return { ...result, differing: result.differing.filter((kind) => kinds.includes(kind)) };
}
