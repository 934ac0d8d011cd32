import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { applyOperation, CIB_RESULT_CODES, FEATURE_SET, makeRequest } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { lineDiff } from "../line-diff.ts";

/** The folders of an upgrade suite; null when the folder is another kind of suite. */
export function upgradeFolders(folder: string): readonly string[] | null {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "exit-codes.json")))
    .map((entry) => join(folder, entry.name))
    .sort();
  return folders.length === 0 ? null : folders;
}

/** Upgrades every document and compares it with what it should become. Exit status 0 only if all match. */
export function runUpgradeSuite(
  folders: readonly string[],
  selection: { readonly only: readonly string[]; readonly showsDifferences: boolean },
): number {
  let count = 0;
  let passedCount = 0;
  for (const folder of folders) {
    const exitCodes = JSON.parse(readFileSync(join(folder, "exit-codes.json"), "utf8")) as Record<
      string,
      number
    >;
    for (const file of readdirSync(join(folder, "xml"))) {
      if (basename(file, ".xml") in exitCodes) continue;
      count++;
      console.log(`${file}: exit-codes.json does not say what to expect`);
    }
    for (const [name, exitCode] of Object.entries(exitCodes)) {
      if (selection.only.length > 0 && !selection.only.includes(name)) continue;
      count++;
      const problems = runCase(folder, name, exitCode);
      if (problems.length === 0) {
        passedCount++;
        continue;
      }
      console.log(`${name}: ${selection.showsDifferences ? "" : problems[0]}`);
      if (selection.showsDifferences) for (const line of problems) console.log(line);
    }
  }
  console.log(`\n${passedCount} of ${count} documents are upgraded as expected`);
  return passedCount === count && count > 0 ? 0 : 1;
}

function runCase(folder: string, name: string, exitCode: number): readonly string[] {
  const document = documentOf(join(folder, "xml", `${name}.xml`));
  const before = serializeXml(document);
  const outcome = applyOperation(document, makeRequest("cib_upgrade"), {
    featureSet: FEATURE_SET,
    lastWritten: "",
    isFileBacked: true,
    isStoredValid: true,
    isPrivileged: true,
  });
  const actualCode = CIB_RESULT_CODES[outcome.code].exitCode;
  if (actualCode !== exitCode) return [`exit status ${actualCode} instead of ${exitCode}: ${outcome.reason}`];
  const reference = join(folder, "ref", `${name}.xml`);
  if (!existsSync(reference)) {
    // Only what must be refused has none.
    if (exitCode === 0) return [`there is no ${reference} to compare with`];
    return serializeXml(outcome.cib) === before ? [] : ["the refused document was changed"];
  }
  const [expected, actual] = [comparable(documentOf(reference)), comparable(outcome.cib)];
  if (expected.join("\n") === actual.join("\n")) return [];
  return ["the document differs", ...lineDiff(expected, actual, (left, right) => left === right)];
}

function documentOf(path: string): XmlElement {
  const parsed = parseXml(readFileSync(path, "utf8"));
  if (!parsed.ok) throw new Error(`${path}:${parsed.error.line}: ${parsed.error.message}`);
  return parsed.root;
}

/** Neither the order of attributes nor white space between elements counts. */
function comparable(document: XmlElement): string[] {
  const copy = document.clone();
  for (const element of [copy, ...copy.descendants()]) {
    const sorted = [...element.attributes].sort(([a], [b]) => (a < b ? -1 : 1));
    element.attributes.clear();
    for (const [attribute, value] of sorted) element.attributes.set(attribute, value);
  }
  return serializeXml(copy).split("\n");
}
