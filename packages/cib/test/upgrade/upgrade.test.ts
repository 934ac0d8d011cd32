import { canonicalXml, parseXml } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyOperation, checkStructure, makeRequest, upgradeCib } from "../../src/index.ts";
import { parsed } from "../parsed.ts";

interface Parts {
  readonly options?: string;
  readonly nodes?: string;
  readonly resources?: string;
  readonly constraints?: string;
  readonly more?: string;
}

function cibOf(schema: string, parts: Parts) {
  return parsed(`<cib admin_epoch="3" epoch="9" num_updates="4" validate-with="${schema}"><configuration>
    <crm_config>${parts.options ?? ""}</crm_config><nodes>${parts.nodes ?? ""}</nodes>
    <resources>${parts.resources ?? ""}</resources><constraints>${parts.constraints ?? ""}</constraints>
    ${parts.more ?? ""}</configuration><status/></cib>`);
}

function upgraded(schema: string, parts: Parts) {
  const outcome = upgradeCib(cibOf(schema, parts));
  if (outcome.kind !== "upgraded") throw new Error(outcome.kind);
  expect(checkStructure(outcome.document)).toEqual([]);
  return outcome.document.first("configuration")!;
}

const section = (schema: string, parts: Parts, name: string) =>
  canonicalXml(upgraded(schema, parts).first(name)!);

describe("versions", () => {
  const upgrade = (parts: Parts) =>
    applyOperation(cibOf("pacemaker-3.9", parts), makeRequest("cib_upgrade"), {
      featureSet: "3.20.5",
      lastWritten: "",
      isFileBacked: true,
      isStoredValid: true,
      isPrivileged: true,
    });

  test("a new generation begins", () => {
    const { cib, isWriteNeeded } = upgrade({});
    expect([cib.get("admin_epoch"), cib.get("epoch"), cib.get("num_updates")]).toEqual(["4", "1", "2"]);
    expect(isWriteNeeded).toBe(true);
  });

  test("a changed configuration counts on from there", () => {
    const master = '<master id="m"><primitive id="p" class="ocf" provider="x" type="y"/></master>';
    const { cib } = upgrade({ resources: master });
    expect([cib.get("admin_epoch"), cib.get("epoch"), cib.get("num_updates")]).toEqual(["4", "2", "0"]);
  });

  test.each([
    ["pacemaker-4.0", "unchanged"],
    ["none", "unchanged"],
    ["pacemaker-9.9", "unknownSchema"],
  ])("%s: %s", (schema, kind) => {
    expect(upgradeCib(cibOf(schema, {})).kind).toBe(kind);
  });
});

test("1.x: old access rules become targets, roles and permissions", () => {
  const acls = `<acls><acl_role id="r"><read id="r1" xpath="/cib"/></acl_role>
    <acl_user id="bob"><role_ref id="r"/><write id="w1" ref="web"/></acl_user></acls>`;
  expect(section("pacemaker-1.2", { more: acls }, "acls")).toBe(
    '<acls><acl_role id="r"><acl_permission kind="read" id="r1" xpath="/cib"/></acl_role>' +
      '<acl_role id="auto-bob"><acl_permission kind="write" id="w1" reference="web"/></acl_role>' +
      '<acl_target id="bob"><role id="auto-bob"/><role id="r"/></acl_target></acls>',
  );
});

describe("2.x to 3", () => {
  test("the requirement of a start becomes the resource's", () => {
    const resources = `<primitive id="ip" class="ocf" provider="x" type="IP"><operations>
      <op id="ip-go" name="start" interval="0" requires="nothing"/><op id="ip-end" name="stop" interval="0" requires="quorum"/>
      </operations></primitive>`;
    expect(section("pacemaker-2.4", { resources }, "resources")).toBe(
      '<resources><primitive id="ip" class="ocf" provider="x" type="IP"><operations>' +
        '<op id="ip-go" name="start" interval="0"/><op id="ip-end" name="stop" interval="0"/></operations>' +
        '<meta_attributes id="_2TO3_ip-meta"><nvpair id="_2TO3_ip-go-meta-requires" name="requires" value="nothing"/>' +
        "</meta_attributes></primitive></resources>",
    );
  });

  test("two references to a block that goes away: one becomes it, the other refers to it", () => {
    const primitive = (id: string) =>
      `<primitive id="${id}" class="ocf" provider="x" type="y"><instance_attributes id-ref="gone"/></primitive>`;
    const resources = `<primitive id="a" class="ocf" provider="x" type="y"><operations><op id="a-m" name="monitor" interval="9">
      <instance_attributes id="gone"><nvpair id="gone-1" name="requires" value="z"/></instance_attributes></op></operations></primitive>
      ${primitive("b")}${primitive("c")}`;
    const text = section("pacemaker-2.4", { resources }, "resources");
    expect(text).toContain('<instance_attributes id="_cibtr-2_gone">');
    expect(text).toContain('<instance_attributes id-ref="_cibtr-2_gone"/>');
    expect(text).not.toContain('"gone"');
  });
});

describe("3.x to 4", () => {
  test("a block that is used elsewhere survives the resource that defined it", () => {
    const resources = `<primitive id="old" class="nagios" type="check"><meta_attributes id="shared">
      <nvpair id="shared-1" name="priority" value="5"/></meta_attributes></primitive>
      <primitive id="new" class="ocf" provider="x" type="y"><meta_attributes id-ref="shared"/></primitive>`;
    expect(section("pacemaker-3.9", { resources }, "resources")).toBe(
      '<resources><primitive id="new" class="ocf" provider="x" type="y"><meta_attributes id="shared">' +
        '<nvpair id="shared-1" name="priority" value="5"/></meta_attributes></primitive></resources>',
    );
  });

  test("a document that fits as it is keeps the order and the repetitions of its blocks", () => {
    const resources = `<primitive id="a" class="ocf" provider="x" type="y"><meta_attributes id="m">
      <nvpair id="m1" name="priority" value="1"/><nvpair id="m2" name="priority" value="2"/></meta_attributes>
      <operations><op id="o" name="start" interval="0"/></operations></primitive>`;
    const before = canonicalXml(
      cibOf("pacemaker-3.0", { resources }).first("configuration")!.first("resources")!,
    );
    expect(section("pacemaker-3.0", { resources }, "resources")).toBe(before);
  });

  test("rules of a location: one location each, what they share by reference", () => {
    const rule = (id: string) =>
      `<rule id="${id}" score="1"><expression id="${id}-e" attribute="a" operation="defined"/></rule>`;
    const constraints = `<rsc_location id="l"><resource_set id="s"><resource_ref id="a"/></resource_set>${rule("r1")}${rule("r2")}</rsc_location>`;
    const resources = '<primitive id="a" class="lsb" type="a"/>';
    const text = section("pacemaker-3.9", { resources, constraints }, "constraints");
    expect(text).toContain('<rsc_location id="pcmk__3_10_upgrade-l-1"><resource_set id="s">');
    expect(text).toContain('<rsc_location id="pcmk__3_10_upgrade-l-2"><resource_set id-ref="s"/>');
  });
});

test("an upgrade leaves nothing to upgrade, whatever the schema", () => {
  const names = [
    "remove_after_stop",
    "default-action-timeout",
    "crmd-transition-delay",
    "stonith-action",
    "priority",
  ];
  const options = fc.array(
    fc.tuple(fc.constantFrom(...names), fc.constantFrom("poweroff", "1", "#default")),
    {
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(fc.constantFrom("1.0", "2.3", "3.0", "3.10"), options, (version, pairs) => {
      const nvpairs = pairs.map(
        ([name, value], index) => `<nvpair id="p${index}" name="${name}" value="${value}"/>`,
      );
      const options = `<cluster_property_set id="s">${nvpairs.join("")}</cluster_property_set>`;
      const configuration = upgraded(`pacemaker-${version}`, { options });
      const again = parseXml(
        `<cib validate-with="pacemaker-3.10">${canonicalXml(configuration)}<status/></cib>`,
      );
      if (!again.ok) throw new Error(again.error.message);
      const second = upgradeCib(again.root);
      if (second.kind !== "upgraded") throw new Error(second.kind);
      expect(canonicalXml(second.document.first("configuration")!)).toBe(canonicalXml(configuration));
    }),
  );
});
