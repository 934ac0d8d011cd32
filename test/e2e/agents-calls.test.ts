import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "./programs.ts";
import { TestCluster } from "./test-cluster.ts";

const CONFIGURATION = `<configuration>
  <crm_config><cluster_property_set id="cib-bootstrap-options">
    <nvpair id="opt-stonith" name="stonith-enabled" value="false"/>
  </cluster_property_set></crm_config>
  <resources>
    <primitive id="lease" class="ocf" provider="quorate" type="Dummy">
      <operations><op id="lease-monitor" name="monitor" interval="60s"/></operations>
    </primitive>
    <clone id="db-clone">
      <meta_attributes id="db-meta"><nvpair id="db-promotable" name="promotable" value="true"/></meta_attributes>
      <primitive id="db" class="ocf" provider="quorate" type="Stateful"/>
    </clone>
  </resources>
</configuration>`;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start(() => CONFIGURATION, ["node1"]);
}, 120_000);

afterAll(async () => {
  await cluster?.stop();
});

/**
 * What the agents of Debian's resource-agents and pacemaker-resource-agents call, in an order in which what was set is asked for; the
 * exit status; and what the agent looks for in the output.
 */
const CALLS: readonly (readonly [call: string, status: number, stdout: RegExp])[] = [
  ["crm_node -n", 0, /^node1\n$/],
  ["crm_node -i", 0, /^\d+\n$/],
  ["crm_node -q", 0, /^1\n$/],
  ["crm_node -p", 0, /^node1 ?\n$/],
  ["crm_node -l", 0, /^\d+ node1 member\n$/],
  ["crm_node -l -p", 0, /\bnode1\b/],
  ["attrd_updater -n health -U green -d 0", 0, /^$/],
  ["attrd_updater -n health -Q", 0, /value="green"/],
  ["attrd_updater --query -n health -N node1", 0, /name="health" host="node1" value="green"/],
  ["attrd_updater -n ping -B 100 -d 0s -VV", 0, /^$/],
  ["attrd_updater -S status -n ping -v 200", 0, /^$/],
  ["attrd_updater -p -n db-gtid -U 7", 0, /^$/],
  ["attrd_updater -p -N node1 -n db-gtid -Q", 0, /value="7"/],
  ["attrd_updater -p --name gtid --node node1 --update 8", 0, /^$/],
  ["attrd_updater -D -n health -d 0", 0, /^$/],
  ["crm_attribute -N node1 -l reboot --name first -v 5", 0, /^$/],
  ["crm_attribute -N node1 -l reboot --name first --quiet", 0, /^5\n$/],
  ["crm_attribute -N node1 -l reboot --name first --query", 0, /^scope=status\s+name=first value=5\n$/],
  ["crm_attribute -N node1 -l reboot --name first -D", 0, /^$/],
  ["crm_attribute -N node1 -l reboot --name first --quiet", 105, /^$/],
  ["crm_attribute -N node1 -l forever --name kept -v yes", 0, /^$/],
  ["crm_attribute -N node1 -l forever --query --name kept -q", 0, /^yes\n$/],
  ["crm_attribute --type nodes --node node1 -n kept -G -q", 0, /^yes\n$/],
  ["crm_attribute -t nodes --node node1 -z -n cpu -v 8", 0, /^$/],
  ["crm_attribute --quiet -t nodes --node node1 -z -n cpu", 0, /^8\n$/],
  ["crm_attribute --type crm_config --name db_REPL_INFO -s redis_replication -v node1", 0, /^$/],
  ["crm_attribute --type crm_config --name db_REPL_INFO -s redis_replication --query -q", 0, /^node1\n$/],
  ["crm_attribute --type=crm_config --name=stonith-enabled --query --quiet --default=true", 0, /^false\n$/],
  ["crm_attribute --type=crm_config --name=no-quorum-policy --query", 105, /^$/],
  ["crm_attribute --promotion -v 11", 0, /^$/],
  ["crm_attribute -p db -v 12 -l reboot", 0, /^$/],
  ["crm_master -l reboot -G --quiet", 0, /^12\n$/],
  ["crm_master -Q -v 100 -l reboot", 0, /^$/],
  ["crm_master -v INFINITY -l reboot", 0, /^$/],
  ["crm_master -N node1 -l reboot -D", 0, /^$/],
  ["crm_resource -r lease -z -p mem -v 64", 0, /mem/],
  ["crm_resource -Q -r lease -z -g mem", 0, /^64\n$/],
  ["crm_resource --resource=lease --utilization --delete-parameter=mem", 0, /mem/],
  ["crm_resource --list-operations -N node1", 0, /lease.*monitor/],
  ["cibadmin -Q", 0, /<status>/],
  ["cibadmin -Q --xpath //node_state[@crmd]//nvpair[@name='ping']", 0, /value="200"/],
  ["crm_simulate -Ls", 0, /Current cluster status/],
  ["crm_mon -1", 0, /Online: \[ node1 \]/],
  ["crm_mon -1 --output-as=xml", 0, /<node name="node1" .* online="true"/],
  ["crm_mon -1 --as-xml", 0, /<resource id="lease" .* role="Started"/],
  ["crm_mon -n -1", 0, /Node node1/],
  ["stonith_admin -H * --output-as xml", 0, /<list name="fencing history" count="0"\/>/],
];

describe("agents call the cluster's commands", { timeout: 60_000 }, () => {
  test.each(CALLS)("%s", async (call, status, stdout) => {
    const [name, ...argv] = call.split(" ");
    const { root } = cluster.node("node1");
    const ended = await run(name!, argv, { env: { QUORATE_ROOT: root, OCF_RESOURCE_INSTANCE: "db" } });
    expect(ended).toMatchObject({ status, stdout: expect.stringMatching(stdout) });
  });
});
