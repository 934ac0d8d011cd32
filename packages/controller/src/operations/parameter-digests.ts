import { digestV1Sorted } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { ActionMessage } from "../wire/action-message.ts";
import type { AgentTraits } from "./agent-traits.ts";
import { type DigestAttributes, intervalOf } from "./history-entry.ts";

/** Names that tell of the circumstances of one run, not of the resource's parameters. */
const CIRCUMSTANCES: ReadonlySet<string> = new Set([
  "id",
  "crm_feature_set",
  "op-digest",
  "on_node",
  "on_node_uuid",
  "pcmk_external_ip",
]);

/** The agent's own parameters in an action's attributes, in their order. */
export function instanceParameters(attributes: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...attributes].filter(([name]) => !name.startsWith("CRM_meta_") && !CIRCUMSTANCES.has(name)),
  );
}

/** Digests by which the scheduler notices changed parameters. Source: controller specification, 9. */
export function digestAttributes(action: ActionMessage, traits: AgentTraits): DigestAttributes {
  const parameters = instanceParameters(action.attributes);
  const isRecurring = intervalOf(action) > 0;
  const all = new Map(parameters);
  const timeout = action.attributes.get("CRM_meta_timeout");
  if (isRecurring && timeout !== undefined) all.set("CRM_meta_timeout", timeout);
  const digests: [string, string][] = [["op-digest", digestOf(all)]];
  if (!isRecurring && traits.reloadAction !== null) {
    const names = traits.restartParameters;
    const relevant = new Map([...parameters].filter(([name]) => names.includes(name)));
    digests.push(["op-force-restart", listOf(names)], ["op-restart-digest", digestOf(relevant)]);
  }
  const secrets = traits.secretParameters;
  if (secrets.length > 0) {
    // Without the timeout, also for a recurring operation: scheduler specification, part 1, 19.3.
    const open = new Map([...parameters].filter(([name]) => !secrets.includes(name)));
    digests.push(["op-secure-params", listOf(secrets)], ["op-secure-digest", digestOf(open)]);
  }
  return digests;
}

function digestOf(parameters: ReadonlyMap<string, string>): string {
  return digestV1Sorted(new XmlElement("parameters", parameters));
}

function listOf(names: readonly string[]): string {
  return `  ${names.join("  ")}  `;
}
