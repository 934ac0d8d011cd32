import { describe, expect, test } from "vitest";
import { validateCorosyncConf } from "../src/index.ts";
import { clusterOf, readConf } from "./conf.ts";

const GOOD = `totem {
    version: 2
    transport: knet
}
nodelist {
    node {
        ring0_addr: 192.0.2.1
        name: k1
        nodeid: 1
    }
    node {
        ring0_addr: 192.0.2.2
        name: k2
        nodeid: 2
    }
}
quorum {
    provider: corosync_votequorum
    two_node: 1
}
`;

const nearestName = (word: string, candidates: readonly string[]) =>
  candidates.find((candidate) => candidate[0] === word[0] && candidate.length === word.length) ?? null;
const problemsOf = (text: string) => validateCorosyncConf(readConf(text), { nearestName });

describe("the check of a file", () => {
  test("a good file is clean, with an application's own keys", () => {
    expect(problemsOf(GOOD)).toEqual([]);
    expect(problemsOf(`${GOOD}my_application {\n    zone: 7\n}\n`)).toEqual([]);
  });

  test.each([
    ["version: 2", "version: 3", 2, "use 2"],
    ["version: 2", "tokem: 5000", 2, 'did you mean "token"'],
    ["version: 2", "crypto_cipher: aes256", 2, "crypto_hash: sha256"],
    ["version: 2", "consensus: 40", 2, "join (50 ms)"],
    ["version: 2", "consensus: 3000", 2, "use 3600 ms"],
    ["version: 2", "token: 20", 2, "the least is 30 ms"],
    ["transport: knet", "token: abc", 3, "whole number from 0 to 4294967295"],
    ["nodeid: 2", "nodeid: 1", 11, "taken by the node at line 6"],
    ["nodeid: 2", "nodeid: 0", 14, "whole number from 1"],
    ["nodeid: 2", "quorum_votes: 1", 11, "has no nodeid"],
    ["name: k2", "name: k1", 11, "name k1 is taken"],
    ["192.0.2.2", "192.0.2.1", 11, "ring0_addr 192.0.2.1 is taken"],
    ["192.0.2.2", "2001:db8::2", 6, "mixes IPv4 and IPv6"],
    ["name: k2", "ring1_addr: 198.51.100.2", 6, "lacks ring1_addr"],
    ["two_node: 1", "two_node: 900", 19, "use 0, 1"],
    ["provider: corosync_votequorum", "wait_for_all: 0", 17, "provider is missing"],
    ["transport: knet", "transport: udp\n    crypto_hash: sha1", 4, "needs transport knet"],
  ])("%s -> %s", (from, to, line, message) => {
    const problems = problemsOf(GOOD.replace(from, to));
    expect(problems).toContainEqual(
      expect.objectContaining({ line, message: expect.stringContaining(message) }),
    );
  });

  test("two_node with three nodes is refused, although Corosync takes it", () => {
    const document = clusterOf({ votes: [1, 1, 1], quorum: ["two_node: 1"] });
    expect(validateCorosyncConf(document, { nearestName })).toContainEqual(
      expect.objectContaining({ severity: "error", message: expect.stringContaining("exactly two nodes") }),
    );
  });

  test("a quorum device goes with none of the other ways to win", () => {
    const quorum = ["last_man_standing: 1", "expected_votes: 4", "device {\nmodel: net\n}"];
    const messages = validateCorosyncConf(clusterOf({ votes: [1, 1, 1], quorum }), { nearestName }).map(
      (problem) => problem.message,
    );
    expect(messages).toContainEqual(expect.stringContaining("last_man_standing cannot be used"));
    expect(messages).toContainEqual(expect.stringContaining("device.votes must be written"));
  });
});
