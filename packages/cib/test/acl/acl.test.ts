import { canonicalXml, type XmlElement } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { applyOperation, makeRequest, readableCopy, renderAccess } from "../../src/index.ts";
import { parsed } from "../parsed.ts";

const CONTEXT = {
  featureSet: "3.20.5",
  lastWritten: "Sat Nov 21 01:51:23 2026",
  isFileBacked: false,
  isStoredValid: true,
  isPrivileged: true,
};

function cibWith(acls: string, isEnabled = true): XmlElement {
  return parsed(`<cib admin_epoch="0" epoch="5" num_updates="0" validate-with="pacemaker-4.0">
    <configuration>
      <crm_config>
        <cluster_property_set id="opts">
          <nvpair id="opts-enable-acl" name="enable-acl" value="${isEnabled}"/>
        </cluster_property_set>
      </crm_config>
      <nodes/>
      <resources>
        <primitive id="web" class="ocf" provider="quorate" type="http">
          <meta_attributes id="web-meta">
            <nvpair id="web-role" name="target-role" value="Started"/>
          </meta_attributes>
        </primitive>
        <primitive id="db" class="ocf" provider="quorate" type="Dummy">
          <instance_attributes id="db-params">
            <nvpair id="db-password" name="password" value="secret"/>
          </instance_attributes>
        </primitive>
      </resources>
      <constraints/>
      <acls>${acls}</acls>
    </configuration>
    <status/>
  </cib>`);
}

const role = (...permissions: string[]) =>
  `<acl_role id="r">${permissions
    .map((permission, index) => `<acl_permission id="p${index}" ${permission}/>`)
    .join("")}</acl_role><acl_target id="eve"><role id="r"/></acl_target>`;

function change(
  cib: XmlElement,
  operation: Parameters<typeof makeRequest>[0],
  fields: Parameters<typeof makeRequest>[1],
) {
  return applyOperation(cib, makeRequest(operation, { user: "eve", ...fields }), CONTEXT);
}

const READ_ALL = 'kind="read" xpath="/cib"';
const WRITE_ALL = 'kind="write" xpath="/cib"';
const STOP_WEB = '<nvpair id="web-role" name="target-role" value="Stopped"/>';

describe("who is restricted", () => {
  test.each([
    ["nobody in particular", null, true],
    ["root", "root", true],
    ["hacluster", "hacluster", true],
    ["a user without rules", "eve", false],
  ])("%s", (_, user, isAllowed) => {
    const outcome = applyOperation(cibWith(""), makeRequest("cib_modify", { data: STOP_WEB, user }), CONTEXT);
    expect(outcome.code).toBe(isAllowed ? "ok" : "permissionDenied");
  });

  test("a user without rules is refused before the request is looked at", () => {
    for (const fields of [{ data: "<broken" }, { xpath: "//a[", data: STOP_WEB }, { section: "nowhere" }]) {
      const outcome = change(cibWith(""), "cib_modify", fields);
      expect(outcome.code).toBe("permissionDenied");
      expect(outcome.reason).toBe("no access rule names this user");
    }
    const neverRead = makeRequest("cib_modify", { user: "eve" });
    Object.defineProperty(neverRead, "data", {
      get: () => {
        throw new Error("the data was read");
      },
    });
    expect(applyOperation(cibWith(""), neverRead, CONTEXT).code).toBe("permissionDenied");
  });

  test("nobody while the rules are switched off", () => {
    expect(change(cibWith("", false), "cib_modify", { data: STOP_WEB }).code).toBe("ok");
  });

  test("a group's rules hold for its members", () => {
    const acls = role(WRITE_ALL)
      .replace('<acl_target id="eve">', '<acl_group id="ops">')
      .replace("</acl_target>", "</acl_group>");
    expect(change(cibWith(acls), "cib_modify", { data: STOP_WEB }).code).toBe("permissionDenied");
    expect(change(cibWith(acls), "cib_modify", { data: STOP_WEB, groups: ["ops"] }).code).toBe("ok");
  });

  test("the switch may not be thrown by who may only write something else", () => {
    const cib = cibWith(role(READ_ALL, 'kind="write" xpath="//nvpair[@name=\'target-role\']"'));
    const data = '<nvpair id="opts-enable-acl" name="enable-acl" value="false"/>';
    expect(change(cib, "cib_modify", { data }).code).toBe("permissionDenied");
    expect(change(cib, "cib_modify", { data: STOP_WEB }).code).toBe("ok");
  });
});

describe("reading", () => {
  test("shows what may be read, and the bare way to it", () => {
    const cib = cibWith(role('kind="read" xpath="//meta_attributes"'));
    const outcome = change(cib, "cib_query", {});
    expect(canonicalXml(outcome.reply!)).toBe(
      '<cib><configuration><resources><primitive id="web"><meta_attributes id="web-meta">' +
        '<nvpair id="web-role" name="target-role" value="Started"/></meta_attributes></primitive></resources></configuration></cib>',
    );
  });

  test("a denied part cannot be found by XPath either", () => {
    const cib = cibWith(role(READ_ALL, 'kind="deny" xpath="//nvpair[@name=\'password\']"'));
    expect(change(cib, "cib_query", { xpath: "//nvpair[@value='secret']" }).code).toBe("notFound");
    expect(change(cib, "cib_query", { xpath: "//nvpair[@id='web-role']" }).code).toBe("ok");
  });

  test("a deny whose XPath cannot be used denies all", () => {
    const cib = cibWith(role(READ_ALL, 'kind="deny" xpath="//nvpair["'));
    expect(readableCopy(cib, { user: "eve", groups: [] })).toBeNull();
  });

  test("such a deny closes also what another rule opens further down", () => {
    const opening = ['kind="read" reference="db"', 'kind="write" reference="web"'];
    const cib = cibWith(role(...opening, 'kind="deny" xpath="//nvpair["'));
    expect(readableCopy(cib, { user: "eve", groups: [] })).toBeNull();
    expect(change(cib, "cib_modify", { data: STOP_WEB }).code).toBe("permissionDenied");
    const open = cibWith(role(...opening));
    expect(canonicalXml(readableCopy(open, { user: "eve", groups: [] })!)).toContain("secret");
  });

  test("a configuration that is refused as invalid is shown no further than it may be read", () => {
    const context = { ...CONTEXT, isStoredValid: false };
    const request = (user: string | null) => makeRequest("cib_modify", { data: STOP_WEB, user });
    const cib = cibWith(role('kind="write" reference="web"'));
    const outcome = applyOperation(cib, request("eve"), context);
    expect(outcome.code).toBe("schema");
    expect(canonicalXml(outcome.reply!)).not.toContain("secret");
    expect(canonicalXml(outcome.reply!)).toContain("target-role");
    expect(canonicalXml(applyOperation(cib, request(null), context).reply!)).toContain("secret");
    expect(applyOperation(cibWith(""), request("eve"), context).reply).toBeNull();
  });
});

describe("writing", () => {
  test.each([
    ["creating", "cib_create", { section: "resources", data: '<primitive id="x" class="ocf" type="y"/>' }],
    ["changing", "cib_modify", { data: '<primitive id="web" description="x"/>' }],
    ["deleting", "cib_delete", { data: '<primitive id="db"/>' }],
    ["emptying", "cib_erase", {}],
    ["counting", "cib_bump", {}],
    ["replacing", "cib_replace", { section: "resources", data: "<resources/>" }],
  ] as const)("%s takes the right to write", (_, operation, fields) => {
    const cib = cibWith(role(READ_ALL));
    const before = canonicalXml(cib);
    expect(change(cib, operation, fields).code).toBe("permissionDenied");
    expect(canonicalXml(cib)).toBe(before);
    expect(change(cibWith(role(WRITE_ALL)), operation, fields).code).toBe("ok");
  });

  test("a protected part protects the whole against deletion", () => {
    const cib = cibWith(role(WRITE_ALL, 'kind="deny" reference="db-password"'));
    expect(change(cib, "cib_delete", { data: '<primitive id="db"/>' }).code).toBe("permissionDenied");
    expect(change(cib, "cib_erase", {}).code).toBe("permissionDenied");
    expect(change(cib, "cib_delete", { data: '<primitive id="web"/>' }).code).toBe("ok");
  });

  test("rules are those of the document as it was", () => {
    const cib = cibWith(role(READ_ALL, 'kind="write" xpath="//resources"'));
    const data = '<acl_permission id="p1" kind="write" xpath="/cib"/>';
    expect(change(cib, "cib_modify", { data }).code).toBe("permissionDenied");
  });

  test("a bare element leads to what may be created, but not among the access rules", () => {
    const cib = cibWith(role(READ_ALL, 'kind="write" xpath="//nvpair[@name=\'target-role\']"'));
    const meta = (name: string) =>
      `<primitive id="db"><meta_attributes id="db-meta"><nvpair id="db-x" name="${name}" value="Stopped"/></meta_attributes></primitive>`;
    expect(change(cib, "cib_modify", { data: meta("is-managed") }).code).toBe("permissionDenied");
    expect(change(cib, "cib_modify", { data: meta("target-role") }).code).toBe("ok");
    expect(change(cib, "cib_create", { section: "acls", data: '<acl_role id="mine"/>' }).code).toBe(
      "permissionDenied",
    );
  });

  test("counters and stamps are the CIB's own", () => {
    const cib = cibWith(role(READ_ALL, 'kind="write" xpath="//resources"'));
    const replacement = cib.clone();
    replacement.set("epoch", "99");
    replacement.set("update-user", "root");
    [...replacement.descendants("nvpair")].find(({ id }) => id === "web-role")!.set("value", "Stopped");
    const outcome = change(cib, "cib_replace", { data: canonicalXml(replacement) });
    expect(outcome.code).toBe("ok");
    expect(outcome.cib.get("epoch")).toBe("6");
    expect(outcome.cib.get("update-user")).toBe("eve");
  });

  test("what a schema refuses is not shown to who may not read it", () => {
    const cib = cibWith(role('kind="write" reference="web"'));
    const outcome = change(cib, "cib_modify", {
      data: '<op id="" name="x"/>',
      xpath: "//primitive[@id='web']",
      flags: ["can-create"],
    });
    expect(outcome.code).toBe("schema");
    expect(canonicalXml(outcome.reply!)).not.toContain("secret");
  });
});

test("access is rendered as marks where it changes", () => {
  const cib = cibWith(role(READ_ALL, 'kind="write" reference="web"'));
  const shown = cib.first("configuration")!.first("resources")!;
  const text = renderAccess(cib, { user: "eve", groups: [] }, shown, "text");
  expect(text.split("\n").filter((line) => line.includes("vvv") || line.includes("<primitive"))).toEqual([
    "vvv---[ READABLE ]---vvv",
    "  vvv---[ WRITABLE ]---vvv",
    '  <primitive id="web" class="ocf" provider="quorate" type="http">',
    '  <primitive id="db" class="ocf" provider="quorate" type="Dummy">',
  ]);
});
