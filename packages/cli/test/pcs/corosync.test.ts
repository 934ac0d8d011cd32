import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import type { Management } from "../../src/management/management.ts";
import { MemoryWorld } from "../memory-world.ts";

const FILE = "corosync.conf";
const NODES = ["n1", "addr=192.0.2.1", "n2", "addr=192.0.2.2"];

const run = (world: MemoryWorld, ...argv: string[]) =>
  world.run(main, "pcs", ...argv, `--corosync_conf=${FILE}`);

async function setUp(...words: string[]): Promise<string> {
  const world = new MemoryWorld();
  const result = await run(world, "cluster", "setup", "c1", ...words);
  expect(result).toMatchObject({ status: 0, stdout: "" });
  return world.files.get(FILE)!;
}

describe("pcs cluster setup", () => {
  test("two nodes get two_node, encryption and an identifier of their own", async () => {
    const [one, other] = [await setUp(...NODES), await setUp(...NODES)];
    expect(one).toContain("    provider: corosync_votequorum\n    two_node: 1\n");
    expect(one).toContain("    crypto_cipher: aes256\n    crypto_hash: sha256\n");
    expect(one).toMatch(/\n {4}cluster_uuid: [0-9a-f]{32}\n/);
    expect(one).not.toBe(other);
  });

  test("three nodes, or a tie breaker, go without two_node", async () => {
    expect(await setUp(...NODES, "n3", "addr=192.0.2.3")).not.toContain("two_node");
    expect(await setUp(...NODES, "quorum", "auto_tie_breaker=1")).not.toContain("two_node");
  });

  // Source: Corosync config, 6.2: what each of these adds to the file of two nodes, and what it takes away.
  test.each<[string, string[], string[]]>([
    ["quorum wait_for_all=0", ["two_node: 1\n    wait_for_all: 0"], []],
    ["quorum auto_tie_breaker=1", ["auto_tie_breaker: 1"], ["two_node"]],
    [
      "quorum wait_for_all=1 last_man_standing=1 last_man_standing_window=20000",
      ["two_node: 1\n    last_man_standing: 1\n    last_man_standing_window: 20000\n    wait_for_all: 1"],
      [],
    ],
    ["transport udp", ["transport: udp"], ["crypto", "interface"]],
    ["transport udpu", ["transport: udpu"], ["crypto", "interface"]],
    [
      "transport udp link bindnetaddr=10.78.0.0 mcastaddr=239.1.1.1 mcastport=5405 ttl=4",
      [
        "interface {\n        bindnetaddr: 10.78.0.0\n        linknumber: 0\n        mcastaddr: 239.1.1.1\n        mcastport: 5405\n        ttl: 4\n    }",
      ],
      ["crypto"],
    ],
    [
      "transport knet link linknumber=0 link_priority=10 ping_interval=500 ping_precision=1024 ping_timeout=1500 pong_count=3 transport=udp mcastport=5406",
      [
        "interface {\n        knet_link_priority: 10\n        knet_ping_interval: 500\n        knet_ping_precision: 1024\n        knet_ping_timeout: 1500\n        knet_pong_count: 3\n        knet_transport: udp\n        linknumber: 0\n        mcastport: 5406\n    }",
      ],
      [],
    ],
    [
      "transport knet ip_version=ipv4 link_mode=active knet_pmtud_interval=50",
      [
        "transport: knet\n    ip_version: ipv4\n    knet_pmtud_interval: 50\n    link_mode: active\n    crypto_cipher",
      ],
      [],
    ],
    ["transport knet crypto cipher=none hash=none", ["crypto_cipher: none\n    crypto_hash: none"], []],
    [
      "transport knet crypto model=openssl cipher=aes128 hash=sha512",
      ["crypto_cipher: aes128\n    crypto_hash: sha512\n    crypto_model: openssl"],
      [],
    ],
    [
      "transport knet compression model=zlib level=5 threshold=200",
      ["knet_compression_level: 5\n    knet_compression_model: zlib\n    knet_compression_threshold: 200"],
      [],
    ],
    ["totem token=100 consensus=50", ["transport: knet\n    consensus: 50\n    token: 100\n"], []],
    ["--no-cluster-uuid", [], ["cluster_uuid"]],
  ])("%s", async (words, there, gone) => {
    const text = await setUp(...NODES, ...words.split(" "));
    for (const part of there) expect(text).toContain(part);
    for (const part of gone) expect(text).not.toContain(part);
  });

  test("links without a number take the free ones, in order", async () => {
    const nodes = ["n1", "addr=192.0.2.1", "addr=198.51.100.1", "n2", "addr=192.0.2.2", "addr=198.51.100.2"];
    const links = ["link", "linknumber=0", "mcastport=5410", "link", "link_priority=7"];
    expect(await setUp(...nodes, "transport", "knet", ...links)).toContain(
      "    interface {\n        linknumber: 0\n        mcastport: 5410\n    }\n\n" +
        "    interface {\n        knet_link_priority: 7\n        linknumber: 1\n    }\n",
    );
  });

  test("what show prints as a command makes the same file", async () => {
    const words = [...NODES, "transport", "knet", "link_mode=rr", "crypto", "cipher=aes128", "hash=sha1"];
    const text = await setUp(
      ...words,
      "totem",
      "token=5000",
      "quorum",
      "wait_for_all=1",
      "--no-cluster-uuid",
    );
    const world = new MemoryWorld();
    world.files.set(FILE, text);
    const shown = await run(world, "cluster", "config", "--output-format=cmd");
    const command = shown.stdout.replaceAll("\\\n", "").trim().split(/\s+/).slice(1);
    expect((await run(world, ...command, "--overwrite")).status).toBe(0);
    expect(world.files.get(FILE)).toBe(text);
  });

  test("an existing file is kept without --overwrite", async () => {
    const world = new MemoryWorld();
    world.files.set(FILE, "mine");
    const refused = await run(world, "cluster", "setup", "c1", ...NODES);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("--overwrite") });
    expect(world.files.get(FILE)).toBe("mine");
  });

  test.each([
    [["n1", "addr=192.0.2.1", "n2"], "Unable to resolve addresses: 'n2', use --force"],
    [[...NODES, "totem", "token=ten"], "'ten' is not a valid token value"],
    [[...NODES, "transport", "udp", "crypto", "cipher=aes256"], "does not support 'crypto'"],
    [[...NODES, "quorum", "expected_votes=2"], "invalid quorum option 'expected_votes'"],
    [["n1", "addr=192.0.2.1", "n2", "addr=192.0.2.1"], "duplicate addresses: '192.0.2.1'"],
    [["n1\n}", "addr=192.0.2.1"], "cannot be the name of a node"],
    [[...NODES, "transport", "knet", "compression", "model=a\n{"], "model cannot contain"],
    [[...NODES, "transport", "knet", "compression", "model="], "model cannot be empty, use a compression"],
    [
      [...NODES, "totem", "token=x", "consensus=y"],
      "Error: 'y' is not a valid consensus value, use a non-negative integer\nError: 'x' is not a valid token",
    ],
    [
      [...NODES, "transport", "knet", "link", "linknumber=0", "link", "linknumber=0"],
      "Error: Link numbers must be unique, duplicate link numbers: '0'\nError: Cannot specify options for more",
    ],
  ])("%j is refused, and nothing is written", async (words, message) => {
    const world = new MemoryWorld();
    const result = await run(world, "cluster", "setup", "c1", ...words);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain("Error: Errors have occurred, therefore pcs is unable to continue\n");
    expect(world.files.size).toBe(0);
  });
});

describe("changes of a corosync.conf", () => {
  const TEXT = `# by hand
totem {
  version: 2
  transport: knet   
  cluster_name: c1
  crypto_cipher: aes256
  crypto_hash: sha256
}
nodelist {
  node {
    # the first
    ring0_addr: 192.0.2.1
    name: n1
    nodeid: 1
    rack: r7
  }
  node {
    ring0_addr: 192.0.2.2
    name: n2
    nodeid: 2
  }
}
quorum {
  provider: corosync_votequorum
  two_node: 1
}
`;

  async function changed(...argv: string[]): Promise<string> {
    const world = new MemoryWorld();
    world.files.set(FILE, TEXT);
    expect(await run(world, ...argv)).toMatchObject({ status: 0, stderr: "" });
    return world.files.get(FILE)!;
  }

  test("an option is added, and all else stays as it was", async () => {
    const hash = "  crypto_hash: sha256\n";
    expect(await changed("cluster", "config", "update", "totem", "token=5000")).toBe(
      TEXT.replace(hash, `${hash}  token: 5000\n`),
    );
    expect(await changed("cluster", "config", "update", "crypto", "hash=sha1")).toBe(
      TEXT.replace("sha256", "sha1"),
    );
  });

  test("quorum update keeps two_node in step", async () => {
    expect(await changed("quorum", "update", "auto_tie_breaker=1")).toBe(
      TEXT.replace("two_node: 1", "auto_tie_breaker: 1"),
    );
  });

  test("of repeated sections none keeps what is removed, two_node least of all", async () => {
    const world = new MemoryWorld();
    const node = "  node {\n    ring0_addr: 192.0.2.3\n    name: n3\n    nodeid: 3\n  }\n";
    const more = "totem {\n  token: 1\n}\nquorum {\n  auto_tie_breaker: 1\n}\nquorum {\n}\ntotem {\n}\n";
    world.files.set(FILE, TEXT.replace("}\nquorum {", `${node}}\nquorum {`) + more);
    const removal = await run(world, "quorum", "update", "auto_tie_breaker=");
    expect(removal).toMatchObject({ status: 0, stderr: "" });
    expect(world.files.get(FILE)).not.toMatch(/auto_tie_breaker|two_node/);
    await run(world, "cluster", "config", "update", "totem", "token=");
    expect(world.files.get(FILE)).not.toContain("token");
  });

  test.each([
    [["cluster", "config", "update", "crypto", "hash=none"], "'hash' must be enabled"],
    [["quorum", "update", "last_man_standing_window=5"], "'last_man_standing' must be enabled"],
    [["quorum", "update", "two_node=0"], "invalid quorum option 'two_node'"],
  ])("%j is refused", async (argv, message) => {
    const world = new MemoryWorld();
    world.files.set(FILE, TEXT);
    const result = await run(world, ...argv);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
    expect(world.files.get(FILE)).toBe(TEXT);
  });

  test("this machine's own file is changed with those of all nodes only", async () => {
    const own = "/etc/corosync/corosync.conf";
    const world = new MemoryWorld();
    world.files.set(own, TEXT);
    world.management = { knownHosts: () => [] } as unknown as Management;
    const result = await world.run(main, "pcs", "quorum", "update", "wait_for_all=1");
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("pcs host auth n1 n2") });
    expect(world.files.get(own)).toBe(TEXT);
  });
});
