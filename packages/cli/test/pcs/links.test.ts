import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import type { KnownHost } from "@quorate/management";
import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import type { Management } from "../../src/management/management.ts";
import { MemoryWorld } from "../memory-world.ts";

const CONF = "/etc/corosync/corosync.conf";

const confOf = (transport: string, links: readonly number[], more = "") => `# kept
totem {
    version: 2
    transport: ${transport}
${more}}
nodelist {
${["n1", "n2"].map((name, index) => `    node {\n${links.map((link) => `        ring${link}_addr: 192.0.2.${link * 10 + index + 1}\n`).join("")}        name: ${name}\n        nodeid: ${index + 1}\n    }\n`).join("")}}
`;

const INTERFACE = "    interface {\n        linknumber: 1\n        knet_link_priority: 7\n    }\n";

let world: MemoryWorld;
let isRunning: boolean;
/** What the hosts were sent. */
let sent: string[];

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set(CONF, confOf("knet", [0, 1], INTERFACE));
  isRunning = false;
  sent = [];
  const known = ["n1", "n2"].map(
    (name, index): KnownHost => ({
      name,
      address: `192.0.2.${index + 1}`,
      port: 2224,
      token: "t",
      fingerprint: "f",
    }),
  );
  const request = async (_: KnownHost, method: string, params: { files?: { content: string }[] }) => {
    if (method === "file.write") sent.push(Buffer.from(params.files![0]!.content, "base64").toString("utf8"));
    const service = { isActive: isRunning, isEnabled: true };
    const state = { services: { corosync: service, quorated: service }, hasCorosyncConf: true };
    const result = method === "lease.take" ? { lease: "l" } : method === "host.state" ? state : {};
    return { result, fingerprint: "f" };
  };
  world.management = { hostName: "n1", knownHosts: () => known, request } as unknown as Management;
});

const run = (line: string) => world.run(main, "pcs", "cluster", "link", ...line.split(" "));

/** Links with their addresses and options, as both hosts have them now. */
function linksSent() {
  expect(sent).toHaveLength(2);
  expect(sent[1]).toBe(sent[0]);
  expect(sent[0]).toContain("# kept\n");
  const parsed = parseCorosyncConf(sent[0]!);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const { nodes, links } = viewCorosyncConf(parsed.document);
  return {
    addresses: nodes.map((node) => Object.fromEntries(node.addresses)),
    options: Object.fromEntries([...links].map(([link, options]) => [link, Object.fromEntries(options)])),
  };
}

const ZERO_ONE = [
  { 0: "192.0.2.1", 1: "192.0.2.11" },
  { 0: "192.0.2.2", 1: "192.0.2.12" },
];
const ONE = { 1: { linknumber: "1", knet_link_priority: "7" } };

describe("links of the running cluster", () => {
  test.each([
    ["add n1=192.0.2.21 n2=192.0.2.22", 2, {}],
    [
      "add n1=192.0.2.21 n2=192.0.2.22 options linknumber=5 link_priority=3 mcastport=5410",
      5,
      { 5: { linknumber: "5", knet_link_priority: "3", mcastport: "5410" } },
    ],
  ])("%s", async (line, link, options) => {
    isRunning = true;
    expect((await run(line)).status).toBe(0);
    expect(linksSent()).toEqual({
      addresses: ZERO_ONE.map((node, index) => ({ ...node, [link]: `192.0.2.2${index + 1}` })),
      options: { ...ONE, ...options },
    });
  });

  test.each(["remove 1", "delete 1"])("%s takes its options along", async (line) => {
    isRunning = true;
    expect((await run(line)).status).toBe(0);
    expect(linksSent()).toEqual({ addresses: [{ 0: "192.0.2.1" }, { 0: "192.0.2.2" }], options: {} });
  });

  test("update changes one address, one option, and removes another", async () => {
    expect(
      (await run("update 1 n2=192.0.2.99 options link_priority= ping_timeout=9 ping_interval=3")).status,
    ).toBe(0);
    expect(linksSent()).toEqual({
      addresses: [ZERO_ONE[0], { 0: "192.0.2.2", 1: "192.0.2.99" }],
      options: { 1: { linknumber: "1", knet_ping_timeout: "9", knet_ping_interval: "3" } },
    });
  });

  test("update makes options of a link that had none, and removes the last", async () => {
    expect((await run("update 0 options link_priority=2")).status).toBe(0);
    expect(linksSent().options).toEqual({ ...ONE, 0: { linknumber: "0", knet_link_priority: "2" } });
    sent = [];
    expect((await run("update 1 options link_priority=")).status).toBe(0);
    expect(linksSent().options).toEqual({});
  });
});

describe("refused, and no host is sent anything", () => {
  test.each([
    ["add n1=192.0.2.21", "No addresses specified for nodes: 'n2'"],
    [
      "add n1=192.0.2.21 n2=192.0.2.22 n9=192.0.2.23",
      "nodes 'n9' are not in the cluster, nodes are: 'n1', 'n2'",
    ],
    ["add n1=192.0.2.21 n2=192.0.2.12", "duplicate addresses: '192.0.2.12'"],
    ["add n1=192.0.2.21 n2=192.0.2.21", "duplicate addresses: '192.0.2.21'"],
    ["add n1=192.0.2.21 n2=2001:db8::2", "would mix IPv4 and IPv6"],
    ["add n1=192.0.2.21 n2=192.0.2.22 options linknumber=1", "link number '1' is used already"],
    ["add n1=192.0.2.21 n2=192.0.2.22 options linknumber=8", "'8' is not a valid linknumber value, use 0..7"],
    ["add n1=192.0.2.21 n2=192.0.2.22 options priority=1", "invalid link option 'priority'"],
    ["remove 3", "links '3' do not exist, existing links: '0', '1'"],
    ["remove 0 1", "no link would be left"],
    ["update 4 n1=192.0.2.50", "link '4' does not exist"],
    ["update 1 options linknumber=2", "the number of a link cannot be changed"],
  ])("%s", async (line, text) => {
    const { status, stderr } = await run(line);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(sent).toEqual([]);
  });

  test("an update while Corosync runs", async () => {
    isRunning = true;
    const { status, stderr } = await run("update 1 n2=192.0.2.99");
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("n1: corosync is running"),
    });
    expect(sent).toEqual([]);
  });

  test("a second link over udp", async () => {
    world.files.set(CONF, confOf("udpu", [0]));
    const { status, stderr } = await run("add n1=192.0.2.21 n2=192.0.2.22");
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("only knet has") });
  });
});
