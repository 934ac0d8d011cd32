import { XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackCluster } from "../../src/model/unpack.ts";
import { clusterOf, dummy, NOW_S, nodeElements, resourceOf } from "./cluster-under-test.ts";

const ELEMENTS = [
  "nodes",
  "node",
  "resources",
  "primitive",
  "group",
  "clone",
  "bundle",
  "docker",
  "podman",
  "network",
  "storage",
  "template",
  "operations",
  "op",
  "meta_attributes",
  "instance_attributes",
  "utilization",
  "nvpair",
  "rule",
  "expression",
  "date_expression",
  "status",
  "node_state",
  "lrm",
  "lrm_resources",
  "lrm_resource",
  "lrm_rsc_op",
  "transient_attributes",
  "tickets",
  "ticket_state",
  "tags",
  "tag",
  "obj_ref",
  "crm_config",
  "cluster_property_set",
  "rsc_defaults",
  "op_defaults",
  "configuration",
  "port-mapping",
  "storage-mapping",
];
const NAMES = [
  "id",
  "uname",
  "type",
  "class",
  "provider",
  "name",
  "value",
  "id-ref",
  "template",
  "container",
  "operation",
  "interval",
  "call-id",
  "rc-code",
  "op-status",
  "transition-key",
  "on_node",
  "migrate_source",
  "migrate_target",
  "in_ccm",
  "crmd",
  "join",
  "expected",
  "replicas",
  "image",
  "ip-range-start",
  "control-port",
  "score",
  "remote-node",
];
const VALUES = [
  "",
  "a",
  "b",
  "a:0",
  "b:0",
  "ocf",
  "pacemaker",
  "remote",
  "stonith",
  "true",
  "false",
  "0",
  "1",
  "-1",
  "7",
  "10000",
  "INFINITY",
  "x y",
  "start",
  "stop",
  "monitor",
  "migrate_to",
  "migrate_from",
  "promote",
  "remote-node",
  "container",
  "clone-max",
  "globally-unique",
  "promotable",
  "clone-node-max",
  "target-role",
  "member",
  "online",
  "1:2:0:u",
  "192.168.1.254",
  "#default",
  "__proto__",
  "constructor",
  "shutdown",
  "is-managed",
  "failure-timeout",
];

/** Elements and attributes of a CIB, in places and with values that make no sense. */
function elementOfDepth(depth: number): fc.Arbitrary<XmlElement> {
  const attributes = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), {
    maxLength: 6,
  });
  const children = depth === 0 ? fc.constant([]) : fc.array(elementOfDepth(depth - 1), { maxLength: 4 });
  return fc.tuple(fc.constantFrom(...ELEMENTS), attributes, children).map(([name, pairs, inside]) => {
    const made = new XmlElement(name, pairs);
    for (const child of inside) made.append(child.clone());
    return made;
  });
}

const element = elementOfDepth(5);

describe("unpacking", () => {
  it("never throws and never hangs, whatever the document", () => {
    fc.assert(
      fc.property(
        fc.array(element, { maxLength: 8 }),
        fc.array(element, { maxLength: 6 }),
        (top, resources) => {
          const cib = new XmlElement("cib", [["have-quorum", "1"]]);
          const configuration = new XmlElement("configuration");
          const section = new XmlElement("resources");
          for (const child of resources) section.append(child.clone());
          configuration.append(section);
          cib.append(configuration);
          for (const child of top) cib.append(child.clone());
          expect(unpackCluster(cib, { nowS: NOW_S }).cib).toBe(cib);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("survives a launcher that is launched by what it launches", () => {
    const cib = new XmlElement("cib");
    const configuration = new XmlElement("configuration");
    const resources = new XmlElement("resources");
    for (const [id, container] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      resources.append(
        new XmlElement("primitive", [
          ["id", id],
          ["class", "ocf"],
          ["provider", "pacemaker"],
          ["type", "Dummy"],
          ["container", container],
        ]),
      );
    }
    configuration.append(resources);
    cib.append(configuration);
    const cluster = unpackCluster(cib, { nowS: NOW_S });
    expect(cluster.resources.map((resource) => resource.launcher?.id ?? null)).toEqual(["b", null]);
  });
});

describe("absurd numbers", () => {
  it("of instances are cut down, with a word about it", () => {
    const meta = `<meta_attributes id="m"><nvpair id="p" name="clone-max" value="99999999999"/></meta_attributes>`;
    const cluster = clusterOf({
      nodes: nodeElements("n1"),
      resources: `<clone id="c">${meta}${dummy("r")}</clone>`,
    });
    expect(resourceOf(cluster, "c").children.length).toBe(5000);
    expect(cluster.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["clone-invalid"]);
  });
});
