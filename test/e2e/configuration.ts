import { createHash } from "node:crypto";
import type { Layout } from "@quorate/playground";

/**
 * What the end-to-end tests run: one web server whose address differs from node to node, so that no port conflict can hide a second copy; a
 * group with it; a promotable clone; fencing. `extra` goes into the resources.
 */
export function testConfiguration(
  layout: Layout,
  extra: { resources?: string; constraints?: string; properties?: string } = {},
): string {
  return `<configuration>
  <crm_config>
    <cluster_property_set id="cib-bootstrap-options">
      <nvpair id="opt-stonith" name="stonith-enabled" value="true"/>
      <nvpair id="opt-timeout" name="stonith-timeout" value="20s"/>
      ${extra.properties ?? ""}
    </cluster_property_set>
  </crm_config>
  <nodes>${layout.nodes.map(({ nodeId, name }) => `<node id="${nodeId}" uname="${name}"/>`).join("")}</nodes>
  <resources>
    <primitive id="power-switch" class="stonith" type="fence_playground">
      <instance_attributes id="power-switch-params">
        <nvpair id="power-switch-socket" name="socket" value="${layout.controlSocket}"/>
      </instance_attributes>
      <operations><op id="power-switch-monitor" name="monitor" interval="30s" timeout="10s"/></operations>
    </primitive>
    <group id="site">
      <primitive id="lease" class="ocf" provider="quorate" type="Dummy">
        <operations><op id="lease-monitor" name="monitor" interval="5s" timeout="10s"/></operations>
      </primitive>
      <primitive id="web" class="ocf" provider="quorate" type="http">
        ${layout.nodes.map((node) => webAddress(node, portOf(layout))).join("\n        ")}
        <operations>
          <op id="web-monitor" name="monitor" interval="1s" timeout="10s"/>
          <op id="web-start" name="start" interval="0" timeout="20s"/>
          <op id="web-stop" name="stop" interval="0" timeout="5s" on-fail="fence"/>
        </operations>
      </primitive>
    </group>
    <clone id="db-clone">
      <meta_attributes id="db-clone-meta"><nvpair id="db-promotable" name="promotable" value="true"/></meta_attributes>
      <primitive id="db" class="ocf" provider="quorate" type="Stateful">
        <operations>
          <op id="db-monitor" name="monitor" interval="10s" timeout="10s"/>
          <op id="db-monitor-promoted" name="monitor" interval="9s" timeout="10s" role="Promoted"/>
        </operations>
      </primitive>
    </clone>
    ${extra.resources ?? ""}
  </resources>
  <constraints>
    <rsc_location id="site-prefers-node1" rsc="site" node="node1" score="50"/>
    <rsc_colocation id="site-with-db" rsc="site" with-rsc="db-clone" with-rsc-role="Promoted" score="INFINITY"/>
    <rsc_order id="db-before-site" first="db-clone" first-action="promote" then="site" then-action="start"/>
    ${extra.constraints ?? ""}
  </constraints>
</configuration>
`;
}

/** Instance attributes of `web` on one node: an address and port of its own. */
function webAddress({ nodeId, name }: { nodeId: number; name: string }, port: number): string {
  return `<instance_attributes id="web-on-${name}">
          <rule id="web-on-${name}-rule" score="0"><expression id="web-on-${name}-expr" attribute="#uname" operation="eq" value="${name}"/></rule>
          <nvpair id="web-on-${name}-address" name="address" value="127.77.0.${nodeId}"/>
          <nvpair id="web-on-${name}-port" name="port" value="${port}"/>
        </instance_attributes>`;
}

/** A port of its own for each cluster, below those that the kernel gives away: test runs side by side do not meet. */
function portOf({ directory }: Layout): number {
  const digest = createHash("sha256").update(directory).digest();
  return 10_000 + (digest.readUInt16BE(0) % 20_000);
}
