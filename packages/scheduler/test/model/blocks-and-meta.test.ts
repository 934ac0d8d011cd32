import { describe, expect, it } from "vitest";
import { clusterOf, dummy, nodeElements, resourceOf } from "./cluster-under-test.ts";

function block(name: string, id: string, pairs: Readonly<Record<string, string>>, score?: string): string {
  const inside = Object.entries(pairs)
    .map(([key, value]) => `<nvpair id="${id}-${key}" name="${key}" value="${value}"/>`)
    .join("");
  return `<${name} id="${id}" ${score === undefined ? "" : `score="${score}"`}>${inside}</${name}>`;
}

/** The examples of the scheduler specification, part 1, E.5. */
describe("attribute blocks", () => {
  it("of equal scores the later block wins, in a block the first pair", () => {
    const attributes =
      `<instance_attributes id="a"><nvpair id="1" name="state" value="first"/>` +
      `<nvpair id="2" name="state" value="dup"/></instance_attributes>` +
      block("instance_attributes", "b", { state: "second" });
    const cluster = clusterOf({ nodes: `<node id="1" uname="n1">${attributes}</node>` });
    expect(cluster.lookup.nodeByName("n1")?.attributes.get("state")).toBe("second");
  });

  it("the bootstrap options go before all others", () => {
    const cluster = clusterOf({
      options: { "fencing-enabled": "false" },
      moreOptions: block("cluster_property_set", "other", { "fencing-enabled": "bogus" }, "5"),
    });
    expect(cluster.options.isFencingEnabled).toBe(false);
    expect(cluster.diagnostics).toEqual([]);
  });

  it("settings go down from clone to group to primitive, defaults last", () => {
    const cluster = clusterOf({
      resources: `<clone id="c">${block("meta_attributes", "cm", { priority: "5", critical: "false" })}<group id="g">
        ${block("meta_attributes", "gm", { priority: "6", foo: "grp" })}${dummy(
          "p",
          block("meta_attributes", "p1", { foo: "#default" }) +
            block("meta_attributes", "p2", { bar: "own2" }, "10") +
            block("meta_attributes", "p3", { bar: "own" }, "1"),
        )}</group></clone>`,
      configuration: `<rsc_defaults>${block("meta_attributes", "d", {
        critical: "true",
        foo: "dflt",
        baz: "dflt",
      })}</rsc_defaults>`,
      nodes: nodeElements("n1"),
    });
    const meta = resourceOf(cluster, "p:0").meta;
    const names = ["priority", "critical", "foo", "bar", "baz", "resource-stickiness"];
    expect(names.map((name) => meta.get(name))).toEqual(["6", "false", "grp", "own2", "dflt", "1"]);
  });

  it("the primitive wins over its template", () => {
    const cluster = clusterOf({
      resources: `<template id="t" class="ocf" provider="pacemaker" type="Dummy">${block(
        "meta_attributes",
        "tm",
        {
          priority: "7",
        },
      )}</template><primitive id="p" template="t">${block("meta_attributes", "pm", { priority: "3" })}</primitive>`,
    });
    expect(resourceOf(cluster, "p").priority).toBe(3);
    expect(cluster.templates.get("t")).toEqual(["p"]);
  });

  it("clone-max counts the nodes that exist so far", () => {
    const clone = (id: string): string => `<clone id="${id}">${dummy(`${id}-r`)}</clone>`;
    const cluster = clusterOf({
      nodes: nodeElements("n1"),
      resources: `${clone("A")}${dummy(
        "vm",
        block("meta_attributes", "vmm", { "remote-node": "guest" }),
      )}<bundle id="b"><podman image="i"/><network control-port="3121"/>${dummy("in")}</bundle>${clone("B")}`,
    });
    expect(resourceOf(cluster, "A").clone?.max).toBe(2);
    expect(resourceOf(cluster, "B").clone?.max).toBe(3);
  });
});

describe("bundles", () => {
  it("have container, connection and clone as children, and exact run options", () => {
    const cluster = clusterOf({
      nodes: nodeElements("n1"),
      resources: `<bundle id="base-bundle"><podman image="i" replicas="3"/><network control-port="3121"/>${dummy(
        "base",
      )}</bundle>`,
    });
    const bundle = resourceOf(cluster, "base-bundle");
    expect(bundle.children.map((child) => child.id)).toEqual([
      "base-bundle-podman-0",
      "base-bundle-0",
      "base-bundle-podman-1",
      "base-bundle-1",
      "base-bundle-podman-2",
      "base-bundle-2",
      "base-bundle-clone",
    ]);
    const options = [...resourceOf(cluster, "base-bundle-podman-2").xml.descendants("nvpair")].find(
      (pair) => pair.get("name") === "run_opts",
    );
    expect(options?.get("value")).toBe(
      " -e PCMK_stderr=1 -e PCMK_remote_port=3121 -v /etc/pacemaker/authkey:/etc/pacemaker/authkey -v /var/log/pacemaker/bundles/base-bundle-2:/var/log -p 3121:3121 ",
    );
    expect(cluster.nodes.map((node) => node.name)).toEqual([
      "base-bundle-0",
      "base-bundle-1",
      "base-bundle-2",
      "n1",
    ]);
  });

  it("without a way to reach the primitive inside are refused as a whole", () => {
    const cluster = clusterOf({ resources: `<bundle id="b"><docker image="i"/>${dummy("in")}</bundle>` });
    expect(cluster.resources).toEqual([]);
    expect(cluster.resourcesByIndex).toEqual([]);
    expect(cluster.lookup.resource("in:0")).toBeNull();
    expect(cluster.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["resource-invalid"]);
  });
});
