/** Parse, print, copy and query a status section of N operations: `npx tsx packages/xml/bench/xml.ts [N]`. */
import { canonicalXml, parseXml, selectXPath, serializeXml } from "../src/index.ts";

const count = Number(process.argv[2] ?? 60_000);
let text = "<cib><status>";
for (let index = 0; index < count; index++) {
  text += `<lrm_rsc_op id="r${index}_last_0" operation_key="r${index}_monitor_0" operation="monitor" rc-code="7" interval="0"/>\n`;
}
text += "</status></cib>";

function measure<Result>(name: string, run: () => Result): Result {
  let best = Number.POSITIVE_INFINITY;
  let result = run();
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    result = run();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${name.padEnd(16)} ${best.toFixed(1).padStart(8)} ms`);
  return result;
}

console.log(`${(text.length / 1e6).toFixed(1)} MB, ${count} elements`);
const root = measure("parse", () => {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
});
const printed = measure("serialize", () => serializeXml(root));
const canonical = measure("canonical", () => canonicalXml(root));
const copy = measure("clone", () => root.clone());
const plain = measure("xpath, plain", () => selectXPath(root, "//lrm_rsc_op[@id='r5_last_0']"));
const library = measure("xpath, library", () =>
  selectXPath(root, "//lrm_rsc_op[@id='r5_last_0' or @id='x']"),
);
console.log("checksum", printed.length, canonical.length, copy.children.length, plain.ok, library.ok);
