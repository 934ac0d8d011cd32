import type { Layout } from "./layout.ts";

export interface DemonstrationOptions {
  /** Where the web page is served, whatever node serves it. */
  readonly webPort: number;
}

/**
 * The configuration that the playground starts with: a fencing device, a group of a service without address and its web server, a
 * promotable clone, a preference, an order and a colocation. It is meant to be read.
 */
export function initialConfiguration(layout: Layout, options: DemonstrationOptions): string {
  return `<configuration>
  <crm_config>
    <cluster_property_set id="cib-bootstrap-options">
      <nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="true"/>
      <nvpair id="cib-bootstrap-options-stonith-timeout" name="stonith-timeout" value="20s"/>
      <nvpair id="cib-bootstrap-options-cluster-recheck-interval" name="cluster-recheck-interval" value="1min"/>
    </cluster_property_set>
  </crm_config>
  <nodes>
${layout.nodes.map((node) => `    <node id="${node.nodeId}" uname="${node.name}"/>`).join("\n")}
  </nodes>
  <resources>
    <primitive id="power-switch" class="stonith" type="fence_playground">
      <instance_attributes id="power-switch-params">
        <nvpair id="power-switch-socket" name="socket" value="${layout.controlSocket}"/>
      </instance_attributes>
      <operations>
        <op id="power-switch-monitor" name="monitor" interval="30s" timeout="10s"/>
      </operations>
    </primitive>
    <clone id="db-clone">
      <meta_attributes id="db-clone-meta">
        <nvpair id="db-clone-promotable" name="promotable" value="true"/>
      </meta_attributes>
      <primitive id="db" class="ocf" provider="quorate" type="Stateful">
        <operations>
          <op id="db-monitor" name="monitor" interval="10s" timeout="10s"/>
          <op id="db-monitor-promoted" name="monitor" interval="9s" timeout="10s" role="Promoted"/>
        </operations>
      </primitive>
    </clone>
    <group id="site">
      <primitive id="lease" class="ocf" provider="quorate" type="Dummy">
        <operations>
          <op id="lease-monitor" name="monitor" interval="10s" timeout="10s"/>
        </operations>
      </primitive>
      <primitive id="web" class="ocf" provider="quorate" type="http">
        <instance_attributes id="web-params">
          <nvpair id="web-port" name="port" value="${options.webPort}"/>
        </instance_attributes>
        <operations>
          <op id="web-monitor" name="monitor" interval="2s" timeout="10s"/>
          <op id="web-start" name="start" interval="0" timeout="20s"/>
          <op id="web-stop" name="stop" interval="0" timeout="20s"/>
        </operations>
      </primitive>
    </group>
  </resources>
  <constraints>
    <rsc_location id="site-prefers-${layout.nodes[0]!.name}" rsc="site" node="${layout.nodes[0]!.name}" score="50"/>
    <rsc_colocation id="site-with-promoted-db" rsc="site" with-rsc="db-clone" with-rsc-role="Promoted" score="INFINITY"/>
    <rsc_order id="promote-db-before-site" first="db-clone" first-action="promote" then="site" then-action="start" kind="Mandatory"/>
  </constraints>
</configuration>
`;
}
