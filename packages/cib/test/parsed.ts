import { parseXml, type XmlElement } from "@quorate/xml";
import {
  applyOperation,
  type CibContext,
  type CibOutcome,
  type CibRequest,
  formatVersion,
  versionOf,
} from "../src/index.ts";

export function parsed(text: string): XmlElement {
  const result = parseXml(text);
  if (!result.ok) throw new Error(`${result.error.line}: ${result.error.message}`);
  return result.root;
}

const CONTEXT: CibContext = {
  featureSet: "3.20.5",
  lastWritten: "Sat Nov 21 01:51:23 2026",
  isFileBacked: false,
  isStoredValid: true,
  isPrivileged: true,
};

/** A small cluster at a version of one's choice. */
export function smallCib(version = "0.5.1"): XmlElement {
  const [adminEpoch, epoch, numUpdates] = version.split(".");
  return parsed(`<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="${adminEpoch}"
 epoch="${epoch}" num_updates="${numUpdates}" have-quorum="1" dc-uuid="1">
<configuration>
 <crm_config><cluster_property_set id="options"><nvpair id="options-a" name="a" value="1"/></cluster_property_set></crm_config>
 <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
 <resources>
  <primitive id="p1" class="ocf" provider="heartbeat" type="Dummy"><meta_attributes id="p1-meta"/></primitive>
  <group id="g"><primitive id="p2" class="ocf" provider="heartbeat" type="Dummy"/></group>
  <primitive id="p3" class="ocf" provider="heartbeat" type="Dummy"/>
 </resources>
 <constraints><rsc_location id="l1" rsc="g" node="n1" score="10"/></constraints>
</configuration>
<status>
 <node_state id="1" uname="n1" crmd="online"><lrm id="1"><lrm_resources><lrm_resource id="p1"/></lrm_resources></lrm></node_state>
 <node_state id="2" uname="n2" crmd="online"/>
</status></cib>`);
}

/** Applies and checks what holds for every outcome. */
export function apply(cib: XmlElement, request: CibRequest, context: Partial<CibContext> = {}): CibOutcome {
  return applyOperation(cib, request, { ...CONTEXT, ...context });
}

export function version(cib: XmlElement): string {
  return formatVersion(versionOf(cib));
}
