import { canonicalXml, type XmlElement } from "@quorate/xml";
import { describe, expect, it } from "vitest";
import {
  applyPatchset,
  type CIB_RESULT_CODES,
  type CibOperation,
  type CibRequest,
  digestV2,
  makeRequest,
  patchsetFromXml,
  patchsetToXml,
  requestFromXml,
  requestToXml,
  transactionOf,
} from "../../src/index.ts";
import { apply, parsed, smallCib, version } from "../parsed.ts";

interface Case {
  readonly name: string;
  readonly from?: string;
  readonly operation: CibOperation;
  readonly request?: Partial<CibRequest>;
  readonly data?: (cib: XmlElement) => string;
  readonly code?: keyof typeof CIB_RESULT_CODES;
  /** Version afterwards; the same as before when absent. */
  readonly version?: string;
  /** Pieces of the canonical document that must be there afterwards, or with "!" before them must not. */
  readonly document?: readonly string[];
}

const NV = (value: string): string => `<nvpair id="options-a" name="a" value="${value}"/>`;

/** CIB specification, section 3; *(observed)* facts are cases. */
const CASES: readonly Case[] = [
  // Create
  {
    name: "create adds to the section",
    operation: "cib_create",
    request: { section: "resources", data: '<primitive id="n" class="lsb" type="n"/>' },
    version: "0.6.0",
    document: ['<primitive id="n" class="lsb" type="n"/></resources>'],
  },
  {
    name: "create with the section element adds its children",
    operation: "cib_create",
    request: { section: "nodes", data: '<nodes><node id="8" uname="a"/><node id="9" uname="b"/></nodes>' },
    version: "0.6.0",
    document: ['uname="n2"/><node id="8" uname="a"/><node id="9" uname="b"/></nodes>'],
  },
  {
    name: "create of something there: File exists, exit 108 (observed)",
    operation: "cib_create",
    request: { section: "resources", data: '<primitive id="p1"/>' },
    code: "exists",
  },
  {
    name: "create of several stops at the first failure and leaves nothing",
    operation: "cib_create",
    request: { section: "nodes", data: '<nodes><node id="8" uname="a"/><node id="1"/></nodes>' },
    code: "exists",
  },
  {
    name: "create without id where the name is taken",
    operation: "cib_create",
    request: { section: "resources", data: "<primitive/>" },
    code: "exists",
  },
  {
    name: "create without section merges",
    operation: "cib_create",
    request: {
      data: '<cib><configuration><tags><tag id="t"><obj_ref id="p1"/></tag></tags></configuration></cib>',
    },
    version: "0.6.0",
    document: ['<tags><tag id="t"><obj_ref id="p1"/></tag></tags></configuration>'],
  },
  {
    name: "create makes a missing section",
    operation: "cib_create",
    request: { section: "tags", data: '<tag id="t"><obj_ref id="p1"/></tag>' },
    version: "0.6.0",
    document: ['<tags><tag id="t"><obj_ref id="p1"/></tag></tags></configuration>'],
  },
  {
    name: "create without data",
    operation: "cib_create",
    request: { section: "tags" },
    code: "invalidArgument",
  },
  {
    name: "create in an unknown section",
    operation: "cib_create",
    request: { section: "bogus", data: "<a/>" },
    code: "invalidArgument",
  },
  {
    name: "create below an XPath",
    operation: "cib_create",
    request: { xpath: "//group[@id='g']", data: '<primitive id="n" class="lsb" type="n"/>' },
    version: "0.6.0",
    document: ['<primitive id="n" class="lsb" type="n"/></group>'],
  },

  // Modify
  {
    name: "modify overwrites attributes and removes nothing",
    operation: "cib_modify",
    request: { section: "crm_config", data: NV("2") },
    version: "0.6.0",
    document: ['<nvpair id="options-a" name="a" value="2"/>'],
  },
  {
    name: "modify of a root attribute (observed: 101.0 becomes 101.1)",
    from: "1.101.0",
    operation: "cib_modify",
    request: { data: '<cib admin_epoch="3"/>' },
    version: "3.101.1",
  },
  {
    name: "modify with a lower admin_epoch: old data, exit 103 (observed)",
    from: "4.101.0",
    operation: "cib_modify",
    request: { data: '<cib admin_epoch="1"/>' },
    code: "oldData",
  },
  {
    name: "modify with a lower epoch: old data",
    operation: "cib_modify",
    request: { data: '<cib epoch="1"/>' },
    code: "oldData",
  },
  {
    name: "modify with lower num_updates is not checked",
    from: "0.5.7",
    operation: "cib_modify",
    request: { data: '<cib num_updates="2"/>' },
    version: "0.5.3",
  },
  {
    name: "modify of nothing known: ENXIO, exit 105 (observed)",
    operation: "cib_modify",
    request: { section: "resources", data: '<primitive id="none"/>' },
    code: "notFound",
  },
  {
    name: "modify with can-create appends to the section",
    operation: "cib_modify",
    request: {
      section: "resources",
      data: '<primitive id="new" class="lsb" type="n"/>',
      flags: ["can-create"],
    },
    version: "0.6.0",
    document: ['<primitive id="new" class="lsb" type="n"/></resources>'],
  },
  {
    name: "modify makes a missing section",
    operation: "cib_modify",
    request: { section: "op_defaults", data: '<op_defaults><meta_attributes id="od"/></op_defaults>' },
    version: "0.6.0",
    document: ['<op_defaults><meta_attributes id="od"/></op_defaults>'],
  },
  {
    name: "modify does not match something without id to something with one",
    operation: "cib_modify",
    request: { section: "resources", data: "<primitive/>" },
    code: "notFound",
  },
  {
    name: "modify matches children by id and appends the others",
    operation: "cib_modify",
    request: {
      section: "resources",
      data: '<primitive id="p1"><meta_attributes id="p1-meta"><nvpair id="v" name="x" value="1"/></meta_attributes><operations/></primitive>',
    },
    version: "0.6.0",
    document: [
      '<meta_attributes id="p1-meta"><nvpair id="v" name="x" value="1"/></meta_attributes><operations/></primitive>',
    ],
  },
  {
    name: "modify of status raises num_updates only",
    operation: "cib_modify",
    request: { section: "status", data: '<node_state id="2" crmd="offline"/>' },
    version: "0.5.2",
    document: ['<node_state id="2" uname="n2" crmd="offline"/>'],
  },
  {
    name: "modify that changes nothing",
    operation: "cib_modify",
    request: { section: "crm_config", data: NV("1") },
  },
  {
    name: "modify below the first XPath match",
    operation: "cib_modify",
    request: { xpath: "//node", data: '<node id="1" type="remote"/>' },
    version: "0.6.0",
    document: ['<node id="1" uname="n1" type="remote"/>'],
  },
  {
    name: "modify below an XPath that matches nothing",
    operation: "cib_modify",
    request: { xpath: "//nonsense", data: '<node id="1"/>' },
    code: "notFound",
  },
  {
    name: "modify counts on with ++ (conformance data: also without the flag)",
    operation: "cib_modify",
    request: { section: "crm_config", data: NV("value++") },
    version: "0.6.0",
    document: ['value="2"/>'],
  },
  {
    name: "modify counts on with +=",
    operation: "cib_modify",
    request: { section: "crm_config", data: NV("value+=41") },
    version: "0.6.0",
    document: ['value="42"/>'],
  },
  {
    name: "scores saturate",
    operation: "cib_modify",
    request: { section: "crm_config", data: NV("value+=9999999") },
    version: "0.6.0",
    document: ['value="INFINITY"/>'],
  },
  {
    name: "an XPath with a syntax error",
    operation: "cib_modify",
    request: { xpath: "//[", data: "<a/>" },
    code: "invalidArgument",
  },
  {
    name: "data that is not XML",
    operation: "cib_modify",
    request: { data: "<cib" },
    code: "invalidArgument",
  },

  // Replace
  {
    name: "whole replacement with identical contents changes nothing (observed)",
    operation: "cib_replace",
    data: canonicalXml,
  },
  {
    name: "whole replacement, edited, same version (observed: 9.8 gives 10.0)",
    from: "0.9.8",
    operation: "cib_replace",
    data: (cib) => canonicalXml(cib).replace('value="1"', 'value="2"'),
    version: "0.10.0",
  },
  {
    name: "whole replacement with a higher epoch (observed: 100 gives 101.0)",
    from: "0.9.8",
    operation: "cib_replace",
    data: (cib) => canonicalXml(cib).replace('epoch="9"', 'epoch="100"').replace('value="1"', 'value="2"'),
    version: "0.101.0",
  },
  {
    name: "whole replacement by an older one, exit 103 (observed)",
    operation: "cib_replace",
    data: (cib) => canonicalXml(cib).replace('epoch="5"', 'epoch="4"'),
    code: "oldData",
  },
  {
    name: "whole replacement with lower num_updates is older",
    operation: "cib_replace",
    data: (cib) => canonicalXml(cib).replace('num_updates="1"', 'num_updates="0"'),
    code: "oldData",
  },
  {
    name: "whole replacement without counters is older",
    operation: "cib_replace",
    request: { data: '<cib validate-with="none"><configuration/></cib>' },
    code: "oldData",
  },
  {
    name: "replace of an object",
    operation: "cib_replace",
    request: { section: "resources", data: '<primitive id="p2" class="lsb" type="n"/>' },
    version: "0.6.0",
    document: ['<group id="g"><primitive id="p2" class="lsb" type="n"/></group>'],
  },
  {
    name: "replace of a section element",
    operation: "cib_replace",
    request: { section: "constraints", data: "<constraints/>" },
    version: "0.6.0",
    document: ["<constraints/>"],
  },
  {
    name: "replace of status",
    operation: "cib_replace",
    request: { section: "status", data: "<status/>" },
    version: "0.5.2",
    document: ["<status/></cib>"],
  },
  {
    name: "replace of nothing known",
    operation: "cib_replace",
    request: { section: "resources", data: '<primitive id="none"/>' },
    code: "notFound",
  },
  {
    name: "replace of the first XPath match",
    operation: "cib_replace",
    request: { xpath: "//primitive", data: '<primitive id="x" class="lsb" type="n"/>' },
    version: "0.6.0",
    document: ['<resources><primitive id="x" class="lsb" type="n"/><group'],
  },
  {
    name: "replace of the root by something else",
    operation: "cib_replace",
    request: { xpath: "/cib", data: "<configuration/>" },
    code: "invalidArgument",
  },
  {
    name: "sync with a wrong digest",
    operation: "cib_replace",
    request: { flags: ["sync"], digest: "0".repeat(32) },
    data: canonicalXml,
    code: "digestMismatch",
  },

  // Delete
  {
    name: "delete by id",
    operation: "cib_delete",
    request: { section: "resources", data: '<primitive id="p3"/>' },
    version: "0.6.0",
    document: ['!id="p3"'],
  },
  {
    name: "delete looks at attributes only, in any case",
    operation: "cib_delete",
    request: { section: "constraints", data: '<rsc_location rsc="G"><ignored/></rsc_location>' },
    version: "0.6.0",
    document: ["<constraints/>"],
  },
  {
    name: "delete of the section element takes its children as examples",
    operation: "cib_delete",
    request: { section: "nodes", data: '<nodes><node id="1"/><node uname="n2"/></nodes>' },
    version: "0.6.0",
    document: ["<nodes/>"],
  },
  {
    name: "delete of the first one that matches only",
    operation: "cib_delete",
    request: { section: "resources", data: "<primitive/>" },
    version: "0.6.0",
    document: ['!<primitive id="p1"', 'id="p2"', 'id="p3"'],
  },
  {
    name: "delete of nothing is success (observed)",
    operation: "cib_delete",
    request: { section: "resources", data: '<primitive id="none"/>' },
  },
  {
    name: "delete by XPath: the first",
    operation: "cib_delete",
    request: { xpath: "//primitive" },
    version: "0.6.0",
    document: ['!<primitive id="p1"', 'id="p2"'],
  },
  {
    name: "delete by XPath: all",
    operation: "cib_delete",
    request: { xpath: "//primitive | //group | //rsc_location", flags: ["multiple"] },
    version: "0.6.0",
    document: ["<resources/>"],
  },
  {
    name: "delete by XPath of nothing is success (observed)",
    operation: "cib_delete",
    request: { xpath: "//nothing" },
  },
  { name: "delete of /cib", operation: "cib_delete", request: { xpath: "/cib" }, code: "invalidArgument" },

  // Others
  { name: "bump (observed: 8.7 becomes 9.8)", from: "0.8.7", operation: "cib_bump", version: "0.9.8" },
  {
    name: "bump of the configuration counts as a change of it",
    from: "0.8.7",
    operation: "cib_bump",
    request: { section: "configuration" },
    version: "0.9.0",
  },
  {
    name: "erase (admin_epoch, epoch up, num_updates 0)",
    from: "4.103.2",
    operation: "cib_erase",
    version: "5.104.0",
    document: ["<resources/>", "<status/></cib>", 'have-quorum="1"', 'dc-uuid="1"'],
  },
  {
    name: "apply-diff that is no patchset",
    operation: "cib_apply_diff",
    request: { data: "<cib/>" },
    code: "invalidArgument",
  },
  {
    name: "commit of no transaction",
    operation: "cib_commit_transact",
    request: { data: "<cib/>" },
    code: "invalidArgument",
  },
  {
    name: "commit of an unknown request",
    operation: "cib_commit_transact",
    request: { data: "<cib_transaction><x/></cib_transaction>" },
    code: "invalidArgument",
  },
  {
    name: "commit of a query",
    operation: "cib_commit_transact",
    data: () => canonicalXml(transactionOf([makeRequest("cib_query")])),
    code: "notSupported",
  },
  {
    name: "commit of a request with a host",
    operation: "cib_commit_transact",
    data: () => canonicalXml(transactionOf([makeRequest("cib_bump", { host: "n1" })])),
    code: "notSupported",
  },

  // Validation and feature sets
  {
    name: "a duplicate id is refused, exit 78",
    operation: "cib_create",
    request: { section: "resources", data: '<primitive id="q"><meta_attributes id="p1-meta"/></primitive>' },
    code: "schema",
  },
  {
    name: "an unknown schema is refused, exit 78 (conformance data, validity)",
    operation: "cib_modify",
    request: { data: '<cib validate-with="pacemaker-9999.0"/>' },
    code: "schema",
  },
  {
    name: "an unknown section element is refused",
    operation: "cib_modify",
    request: { data: "<cib><configuration><resourcs/></configuration></cib>" },
    code: "schema",
  },
  {
    name: "a newer feature set is refused",
    operation: "cib_modify",
    request: { data: '<cib crm_feature_set="3.21.0"/>' },
    code: "protocol",
  },
  {
    name: "a feature set is compared as numbers",
    operation: "cib_modify",
    request: { data: '<cib crm_feature_set="3.9.0"/>' },
    version: "0.5.2",
  },
];

describe("applyOperation", () => {
  it.each(CASES)("$name", ({ from, operation, request, data, code = "ok", version: expected, document }) => {
    const cib = smallCib(from);
    const before = canonicalXml(cib);
    const texts = data === undefined ? request : { ...request, data: data(cib) };
    const outcome = apply(cib, makeRequest(operation, texts));
    expect([outcome.code, outcome.reason]).toEqual([code, code === "ok" ? null : expect.stringMatching(/./)]);
    const after = canonicalXml(outcome.cib);
    expect(version(outcome.cib)).toBe(expected ?? version(parsed(before)));
    expect(outcome.isChanged).toBe(expected !== undefined);
    if (expected === undefined) {
      expect(after).toBe(before);
      expect(outcome.cib).toBe(cib);
    }
    for (const piece of document ?? []) {
      if (piece.startsWith("!")) expect(after).not.toContain(piece.slice(1));
      else expect(after).toContain(piece);
    }

    // A patchset tells a follower exactly what happened, also through its XML form.
    expect(outcome.patchset === null).toBe(code === "schema" ? false : expected === undefined);
    if (code !== "ok" || outcome.patchset === null) return;
    const reading = patchsetFromXml(parsed(canonicalXml(patchsetToXml(outcome.patchset))));
    if (!reading.ok) throw new Error(reading.error);
    const follower = parsed(before);
    expect(
      applyPatchset(follower, reading.patchset, { checksVersion: operation !== "cib_modify" }).code,
    ).toBe("ok");
    expect(canonicalXml(follower)).toBe(after);
  });

  it("reports a failed create as the classic tools do", () => {
    const outcome = apply(
      smallCib(),
      makeRequest("cib_create", {
        section: "resources",
        data: '<primitive id="p1"><operations/></primitive>',
      }),
    );
    expect(outcome.reply && canonicalXml(outcome.reply)).toBe(
      '<failed><failed_update id="p1" object-type="primitive" operation="cib_create" reason="File exists"><primitive id="p1"><operations/></primitive></failed_update></failed>',
    );
  });

  it("schema: answers with the rejected result and names the mistake", () => {
    const outcome = apply(
      smallCib(),
      makeRequest("cib_create", { section: "resources", data: '<primitive id="l1" class="lsb" type="l"/>' }),
    );
    expect(outcome.problems).toMatchObject([{ code: "duplicateId", id: "l1" }]);
    expect(outcome.reason).toMatch(
      /id "l1" is used already at .*primitive\[@id='l1'\]; give one of the two another id/,
    );
    expect(outcome.reply && canonicalXml(outcome.reply)).toContain(
      '<primitive id="l1" class="lsb" type="l"/></resources>',
    );
    expect(outcome.isNotified).toBe(true);
  });

  it("tells who leads and whether there is quorum while an old mistake keeps the configuration as it is", () => {
    const cib = parsed(
      canonicalXml(smallCib()).replace('<primitive id="p3"', '<primitive id="p3" nonsense="1"'),
    );
    const told = apply(cib, makeRequest("cib_modify", { data: '<cib have-quorum="0" dc-uuid="2"/>' }));
    expect(told).toMatchObject({ code: "ok", problems: [] });
    expect([cib.get("have-quorum"), cib.get("dc-uuid")]).toEqual(["0", "2"]);
    for (const data of ['<cib have-quorum="maybe"/>', '<cib remote-tls-port="1"/>'])
      expect(apply(cib, makeRequest("cib_modify", { data }))).toMatchObject({ code: "schema" });
  });

  it("gives another document in place of a file the time when it tells none, and leaves other changes of a file alone", () => {
    const context = { isFileBacked: true };
    const change = makeRequest("cib_modify", { section: "crm_config", data: NV("8"), origin: "n1" });
    const changed = apply(smallCib(), change, context).cib;
    expect(changed.get("cib-last-written")).toBeNull();
    const other = apply(smallCib("0.9.0"), change, context).cib;
    const replaced = (document: XmlElement) =>
      apply(smallCib(), makeRequest("cib_replace", { data: canonicalXml(document) }), context).cib;
    expect(replaced(other).get("cib-last-written")).toBe("Sat Nov 21 01:51:23 2026");
    expect(replaced(other).get("update-origin")).toBeNull();
    other.set("cib-last-written", "Fri Nov 20 00:00:00 2026");
    expect(replaced(other).get("cib-last-written")).toBe("Fri Nov 20 00:00:00 2026");
    const old = parsed(
      canonicalXml(smallCib()).replace(/validate-with="[^"]*"/, 'validate-with="pacemaker-2.10"'),
    );
    const upgraded = apply(old, makeRequest("cib_upgrade"), context).cib;
    expect([upgraded.get("validate-with"), upgraded.get("cib-last-written")]).toEqual([
      "pacemaker-4.0",
      null,
    ]);
  });

  it("stamps configuration changes, drops what is not known, leaves status changes alone", () => {
    const cib = smallCib();
    cib.set("update-user", "old");
    const who = { origin: "n1", clientName: "cibadmin" };
    apply(
      cib,
      makeRequest("cib_modify", { section: "status", data: '<node_state id="1" crmd="x"/>', ...who }),
    );
    expect(cib.get("cib-last-written")).toBeNull();
    expect(cib.get("update-user")).toBe("old");
    apply(
      cib,
      makeRequest("cib_modify", { section: "crm_config", data: NV("7"), ...who, flags: ["no-mtime"] }),
    );
    expect(cib.get("cib-last-written")).toBeNull();
    apply(cib, makeRequest("cib_modify", { section: "crm_config", data: NV("8"), ...who }));
    expect(cib.get("cib-last-written")).toBe("Sat Nov 21 01:51:23 2026");
    expect(cib.get("update-origin")).toBe("n1");
    expect(cib.get("update-client")).toBe("cibadmin");
    expect(cib.get("update-user")).toBeNull();
  });

  it("dry run: tells what would happen and changes nothing", () => {
    const cib = smallCib();
    const before = canonicalXml(cib);
    const outcome = apply(cib, makeRequest("cib_erase", { flags: ["dryrun"] }));
    expect(outcome).toMatchObject({ code: "ok", isChanged: false, isNotified: false, isWriteNeeded: false });
    expect(outcome.patchset?.target).toEqual({ adminEpoch: 1, epoch: 6, numUpdates: 0 });
    expect(canonicalXml(cib)).toBe(before);
  });

  it("sync: the receiver ends with exactly the sender's document", () => {
    const sender = smallCib("2.7.9");
    sender.set("dc-uuid", "2");
    const request = makeRequest("cib_replace", {
      data: canonicalXml(sender),
      digest: digestV2(sender),
      flags: ["sync"],
    });
    const outcome = apply(smallCib(), request);
    expect(outcome.code).toBe("ok");
    expect(canonicalXml(outcome.cib)).toBe(canonicalXml(sender));
    expect(outcome.isWriteNeeded).toBe(true);
  });

  it("transactions: one version, one patchset, all or nothing", () => {
    const good = [
      makeRequest("cib_create", { section: "tags", data: '<tag id="t"><obj_ref id="p1"/></tag>' }),
      makeRequest("cib_modify", { section: "crm_config", data: NV("3") }),
      makeRequest("cib_modify", { section: "status", data: '<node_state id="1" crmd="offline"/>' }),
    ];
    const cib = smallCib();
    const done = apply(cib, makeRequest("cib_commit_transact", { data: canonicalXml(transactionOf(good)) }));
    expect(done.code).toBe("ok");
    expect(version(done.cib)).toBe("0.6.0");
    expect(done.patchset?.changes.map((change) => change.operation)).toEqual([
      "modify",
      "modify",
      "create",
      "modify",
    ]);

    const before = canonicalXml(cib);
    const bad = [
      ...good.slice(1),
      makeRequest("cib_create", { section: "resources", data: '<primitive id="p1"/>' }),
    ];
    const failed = apply(cib, makeRequest("cib_commit_transact", { data: canonicalXml(transactionOf(bad)) }));
    expect(failed.code).toBe("exists");
    expect(failed.reason).toMatch(/transaction aborted by cib_create/);
    expect(canonicalXml(cib)).toBe(before);
  });

  it("refuses everything while the stored configuration is invalid, and changes without privilege", () => {
    const cib = smallCib();
    for (const operation of ["cib_query", "cib_bump"] as const) {
      const outcome = apply(cib, makeRequest(operation), { isStoredValid: false });
      expect(outcome).toMatchObject({ code: "schema", reply: cib });
    }
    expect(apply(cib, makeRequest("cib_bump"), { isPrivileged: false }).code).toBe("permissionDenied");
    expect(apply(cib, makeRequest("cib_query"), { isPrivileged: false }).code).toBe("ok");
  });

  it("leaves the document as it was also when it throws", () => {
    const cib = smallCib();
    const before = canonicalXml(cib);
    const flags: CibRequest["flags"] = Object.assign([], {
      includes: () => {
        throw new Error("a defect");
      },
    });
    const request = makeRequest("cib_modify", { section: "crm_config", data: NV("2"), flags });
    expect(() => apply(cib, request)).toThrow("a defect");
    expect(canonicalXml(cib)).toBe(before);
  });

  it("a patch of crm_diff whose target is source+1 gets a bump on top", () => {
    const cib = smallCib("0.5.0");
    const patch =
      '<diff format="2"><version><source admin_epoch="0" epoch="5" num_updates="0"/><target admin_epoch="0" epoch="6" num_updates="0"/></version><change operation="modify" path="/cib"><change-list/><change-result><cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="6" num_updates="0"/></change-result></change><change operation="delete" path="/cib/configuration/constraints/rsc_location[@id=\'l1\']"/></diff>';
    const outcome = apply(cib, makeRequest("cib_apply_diff", { data: patch }));
    expect([outcome.code, version(outcome.cib)]).toEqual(["ok", "0.7.0"]);
    expect(apply(outcome.cib, makeRequest("cib_apply_diff", { data: patch })).code).toBe("oldData");
  });

  it("nesting cannot grow beyond what can be read again", () => {
    const cib = smallCib();
    const data = `${"<x>".repeat(150)}${"</x>".repeat(150)}`;
    expect(apply(cib, makeRequest("cib_create", { xpath: "/cib/status", data })).code).toBe("ok");
    const outcome = apply(cib, makeRequest("cib_create", { xpath: "/cib/status//x[not(x)]", data }));
    expect(outcome).toMatchObject({ code: "schema", problems: [{ code: "tooDeep" }] });
  });
});

describe("requests", () => {
  it("survive XML and JSON", () => {
    const request = makeRequest("cib_modify", {
      section: "status",
      data: '<node_state id="1"/>',
      flags: ["can-create", "dryrun"],
      origin: "n1",
      clientName: "crm_attribute",
      callId: 4,
      user: "root",
    });
    expect(requestFromXml(requestToXml(request))).toEqual(request);
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    expect(requestFromXml(parsed('<cib_request operation="cib_turn_over"/>'))).toBeNull();
    expect(requestFromXml(parsed('<cib_request operation="cib_bump" flags="bogus"/>'))).toBeNull();
  });
});
