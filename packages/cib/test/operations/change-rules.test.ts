import { createHash } from "node:crypto";
import { canonicalXml } from "@quorate/xml";
import { expect, it } from "vitest";
import { CHANGE_RULES, CIB_OPERATIONS, makeRequest } from "../../src/index.ts";
import { apply, smallCib } from "../parsed.ts";

const SECTIONS = [
  null,
  "resources",
  "status",
  "configuration",
  "nodes",
  "constraints",
  "crm_config",
] as const;
const DATA = [
  null,
  "<cib",
  '<cib epoch="9"/>',
  '<node_state id="1" crmd="offline"/>',
  '<node id="1" uname="renamed"/>',
  '<primitive id="p9" class="ocf" provider="heartbeat" type="Dummy"/>',
  '<primitive id="p9" class="ocf" provider="heartbeat" type="Dummy" colour="blue"/>',
  '<primitive id="p1" type="Other"><operations><op id="o" name="monitor" interval="5s"/></operations></primitive>',
  '<group id="g"><primitive id="p2" class="ocf" type="Dummy"/></group>',
  '<clone id="c"/>',
  '<nvpair id="options-a" value="value++"/>',
  '<rsc_location id="l" rsc="nobody" node="n1" score="maybe"/>',
  '<rsc_location id="l" rsc="p1" node="n1" score="10"/>',
  '<acl_role id="r"/>',
  "<constraints/>",
] as const;
const PLACES = [null, "//primitive", "//*[@id='1']", "//["] as const;
const FLAGS = [[], ["can-create"], ["multiple", "no-mtime"]] as const;

/** What each operation makes of a document, one of everything; what it says of it is left out. */
function outcomes(): string {
  const hash = createHash("sha256");
  for (const operation of CIB_OPERATIONS)
    for (const section of SECTIONS)
      for (const data of DATA)
        for (const xpath of PLACES)
          for (const flags of FLAGS) {
            const request = makeRequest(operation, { section, data, xpath, flags: [...flags] });
            const { code, cib, isChanged, isWriteNeeded } = apply(smallCib(), request);
            hash.update(`${code} ${isChanged} ${isWriteNeeded} ${canonicalXml(cib)}\n`);
          }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Nodes with equal `CHANGE_RULES` must come to equal results. When this fails, some operation has another result than it
 * had: raise `CHANGE_RULES`, put the new pair here, and say in CHANGELOG.md that all nodes have to be upgraded at once.
 */
it("equal versions of the rules mean equal results", { timeout: 60_000 }, () => {
  expect({ version: CHANGE_RULES, outcomes: outcomes() }).toEqual({
    version: 2,
    outcomes: "336194c24cc7d1a6",
  });
});
