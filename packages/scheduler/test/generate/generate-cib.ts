import { constraintsText } from "./constraints.ts";
import { block, type GenerateOptions, type Generation } from "./facts.ts";
import { Random } from "./random.ts";
import { resourcesText } from "./resources.ts";
import { statusText } from "./status.ts";

/** After everything in a generated status. */
export const GENERATED_NOW_S = 1_700_003_600;

/**
 * A valid CIB of 2 to 6 nodes with the given features, as text. The same options make the same text. What is written is
 * close to what administrators write, so that most of it takes effect; contradictions are rare, but there are some.
 */
export function generateCib(options: GenerateOptions): string {
  const random = new Random(options.seed);
  const nodeCount = random.integer(2, 6);
  const generation: Generation = {
    random,
    features: new Set(options.features),
    nodeNames: Array.from({ length: nodeCount }, (_, index) => `node${index + 1}`),
    ids: { any: [], top: [], promotable: [] },
    runnables: [],
    remoteNames: [],
  };
  const resources = resourcesText(generation);
  const constraints = constraintsText(generation);
  return `<cib crm_feature_set="3.16.2" validate-with="pacemaker-3.9" epoch="1" num_updates="1" admin_epoch="0" have-quorum="${random.chance(92) ? 1 : 0}" dc-uuid="1">
<configuration>
<crm_config>${block("cluster_property_set", "cib-bootstrap-options", clusterOptions(generation))}</crm_config>
<nodes>${generation.nodeNames.map((name, index) => nodeText(generation, name, index)).join("")}</nodes>
<resources>${resources}</resources>
<constraints>${constraints}</constraints>
</configuration>
<status>${statusText(generation)}</status>
</cib>`;
}

function clusterOptions({ random, features }: Generation): Record<string, string> {
  const options: Record<string, string> = { "stonith-enabled": String(features.has("fencing")) };
  if (random.chance(10)) options["no-quorum-policy"] = random.pick(["ignore", "freeze", "demote"]);
  if (random.chance(10)) options["symmetric-cluster"] = "false";
  if (random.chance(8)) options["start-failure-is-fatal"] = "false";
  if (features.has("maintenance") && random.chance(6)) options["maintenance-mode"] = "true";
  if (features.has("utilization")) {
    options["placement-strategy"] = random.pick(["default", "utilization", "minimal", "balanced"]);
  }
  if (features.has("health")) {
    options["node-health-strategy"] = random.pick(["none", "migrate-on-red", "only-green", "progressive"]);
    options["node-health-red"] = "-100";
  }
  return options;
}

function nodeText({ random, features }: Generation, name: string, index: number): string {
  const attributes: Record<string, string> = {};
  if (random.chance(60)) attributes.site = random.pick(["west", "east"]);
  if (random.chance(40)) attributes.rack = String(random.integer(1, 3));
  if (features.has("standby") && random.chance(10)) attributes.standby = "on";
  if (features.has("maintenance") && random.chance(5)) attributes.maintenance = "true";
  const utilization = features.has("utilization")
    ? block("utilization", `n${index}-u`, { cpu: String(random.integer(1, 8)) })
    : "";
  return `<node id="${index + 1}" uname="${name}">${block("instance_attributes", `n${index}-a`, attributes)}${utilization}</node>`;
}
