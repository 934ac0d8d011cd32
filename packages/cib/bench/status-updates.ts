/**
 * Status updates on a big document, as the controller makes them when operations finish:
 * `npx tsx packages/cib/bench/status-updates.ts [nodes] [resources]`. The time of one must not grow with the document.
 */
import { parseXml } from "@quorate/xml";
import { applyOperation, digestV2, emptyCib, makeRequest, NEWEST_SCHEMA } from "../src/index.ts";

const context = {
  featureSet: "3.20.5",
  lastWritten: "Sat Nov 21 01:51:23 2026",
  isFileBacked: false,
  isStoredValid: true,
  isPrivileged: true,
};

function bigCib(nodes: number, resources: number) {
  const cib = emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA });
  for (let node = 0; node < nodes; node++) {
    let text = `<node_state id="${node}" uname="n${node}"><lrm id="${node}"><lrm_resources>`;
    for (let resource = 0; resource < resources; resource++) {
      text += `<lrm_resource id="r${resource}"><lrm_rsc_op id="r${resource}_last_0" operation="monitor" call-id="1" rc-code="7" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8" exec-time="12"/></lrm_resource>`;
    }
    const parsed = parseXml(`${text}</lrm_resources></lrm></node_state>`);
    if (parsed.ok) cib.first("status")?.append(parsed.root);
  }
  return cib;
}

const [nodesMax, resources] = [Number(process.argv[2] ?? 32), Number(process.argv[3] ?? 1000)];
for (let nodes = Math.max(2, nodesMax / 16); nodes <= nodesMax; nodes *= 4) {
  const cib = bigCib(nodes, resources);
  const count = 500;
  for (const form of ["by section", "by path"] as const) {
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const [node, resource] = [index % nodes, (index * 7) % resources];
      const operation = `<lrm_rsc_op id="r${resource}_last_0" rc-code="0" call-id="${index + 2}"/>`;
      const path = `/cib/status/node_state[@id='${node}']/lrm/lrm_resources/lrm_resource[@id='r${resource}']`;
      const request =
        form === "by path"
          ? makeRequest("cib_modify", {
              xpath: path,
              data: `<lrm_resource id="r${resource}">${operation}</lrm_resource>`,
            })
          : makeRequest("cib_modify", {
              section: "status",
              data: `<node_state id="${node}"><lrm id="${node}"><lrm_resources><lrm_resource id="r${resource}">${operation}</lrm_resource></lrm_resources></lrm></node_state>`,
            });
      const outcome = applyOperation(cib, request, context);
      if (outcome.code !== "ok") throw new Error(outcome.reason ?? outcome.code);
    }
    const each = (performance.now() - start) / count;
    console.log(`${nodes} nodes x ${resources} resources, ${form}: ${each.toFixed(3)} ms an update`);
  }
  const start = performance.now();
  const digest = digestV2(cib);
  console.log(`  digest ${(performance.now() - start).toFixed(0)} ms, checksum ${digest}`);
}
