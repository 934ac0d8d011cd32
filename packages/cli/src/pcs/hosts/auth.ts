import { isIP } from "node:net";
import type { KnownHost } from "@quorate/management";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterNodeNames, Hosts } from "./hosts.ts";

const DEFAULT_PORT = 2224;
const LOGIN_MS_MAX = 60_000;

interface Place {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

const auth: PcsCommand = {
  usage: ["(<host name> [addr=<address>[:<port>]])... [-u <username>] [-p <password>]"],
  help: "Let this host ask others: log in to quorate-pcsd on each as hacluster, and keep the token that it gives. What is not given is asked for; without a terminal it is taken from standard input, where no list of processes shows a password.",
  options: ["-u", "-p"],
  async run(call) {
    if (call.args.length === 0) call.usage();
    await authenticate(call, await Hosts.of(call), placesOf(call.args));
  },
};

export const clusterAuth: PcsCommand = {
  usage: ["[-u <username>] [-p <password>]"],
  help: "As 'pcs host auth', for all nodes of this cluster that are not known yet, or no longer let this host in.",
  options: ["-u", "-p"],
  async run(call) {
    call.expect(0, 0);
    const hosts = await Hosts.of(call);
    const known = new Map(hosts.management.knownHosts().map((host) => [host.name, host]));
    const names = clusterNodeNames(call);
    const welcome = new Set<string>();
    for (const name of names) {
      const host = known.get(name);
      if (host === undefined) continue;
      await hosts.ask(host, "host.state", {}).then(
        () => welcome.add(name),
        () => undefined,
      );
    }
    for (const name of names.filter((one) => welcome.has(one)))
      call.reports.info(`${name}: Already authorized`);
    const missing = names.filter((name) => !welcome.has(name));
    const places = missing.map(
      (name): Place => known.get(name) ?? { name, address: name, port: DEFAULT_PORT },
    );
    if (places.length > 0) await authenticate(call, hosts, places);
  },
};

/** @throws PcsError */
async function authenticate(call: PcsCall, hosts: Hosts, places: readonly Place[]): Promise<void> {
  const { management } = hosts;
  if (call.has("-p")) management.hideArguments();
  const user = call.value("-u") ?? (await call.world.ask("Username: ", false));
  const password = call.value("-p") ?? (await call.world.ask("Password: ", true));
  if (password === "") fail("the password is empty; an account without a password cannot be used");
  const before = new Map(management.knownHosts().map((host) => [host.name, host]));
  const gained: KnownHost[] = [];
  const work = async (place: Place): Promise<void> => {
    const fingerprint = before.get(place.name)?.fingerprint ?? null;
    const { result, fingerprint: shown } = await management.request(
      { ...place, token: null, fingerprint },
      "auth.login",
      { user, password, client: management.hostName },
      { timeoutMs: LOGIN_MS_MAX },
    );
    const { name, address, port } = place;
    gained.push({ name, address, port, token: result.token, fingerprint: shown });
  };
  await hosts.each(places, work);
  // What could be had is kept, whatever went wrong elsewhere.
  await management.changeKnownHosts((known) => {
    for (const host of gained) known.set(host.name, host);
  });
  for (const { name } of places)
    if (gained.some((host) => host.name === name)) call.reports.info(`${name}: Authorized`);
  if (gained.length > 0) await tellCluster(call, hosts, "hosts.learn", gained);
  call.reports.check();
}

/** The other nodes of this cluster know the same hosts as this one. */
async function tellCluster(
  call: PcsCall,
  hosts: Hosts,
  method: "hosts.learn" | "hosts.forget",
  changed: readonly KnownHost[],
): Promise<void> {
  if (hosts.management.own.readConf() === null) return;
  const names = new Set(clusterNodeNames(call));
  const nodes = hosts.management.knownHosts().filter(({ name }) => names.has(name));
  await Promise.all(
    nodes.map(async (node) => {
      try {
        if (method === "hosts.learn") await hosts.ask(node, method, { hosts: changed });
        else await hosts.ask(node, method, { names: changed.map(({ name }) => name) });
      } catch (error) {
        call.reports.warn(
          `${node.name} was not told of the change; run 'pcs host auth' or 'pcs host deauth' there, too (${(error as Error).message})`,
        );
      }
    }),
  );
}

const deauth: PcsCommand = {
  usage: ["[<host name>]..."],
  help: "Give back the tokens with which this host, and the others of its cluster, may ask the named hosts, or all. They are revoked there and forgotten here.",
  options: [],
  async run(call) {
    const hosts = await Hosts.of(call);
    const { management } = hosts;
    const known = management.knownHosts();
    const unknown = call.args.filter((name) => !known.some((host) => host.name === name));
    for (const name of unknown) call.reports.error(`Following hosts were not found: '${name}'`);
    call.reports.check();
    const leaving = call.args.length === 0 ? known : known.filter(({ name }) => call.args.includes(name));
    await tellCluster(call, hosts, "hosts.forget", leaving);
    await Promise.all(
      leaving.map((host) =>
        hosts.ask(host, "auth.logout", {}).catch((error: Error) => {
          call.reports.warn(
            `the token is forgotten here, but could not be revoked on ${host.name}; run 'pcs pcsd deauth' there (${error.message})`,
          );
        }),
      ),
    );
    await management.changeKnownHosts((hostsByName) => {
      for (const { name } of leaving) hostsByName.delete(name);
    });
  },
};

/** `NAME addr=ADDRESS:PORT` words. @throws PcsError */
function placesOf(words: readonly string[]): Place[] {
  const places = new Map<string, Place>();
  let current: string | null = null;
  for (const word of words) {
    if (!word.includes("=")) {
      if (places.has(word)) fail(`Host names must be unique: '${word}' is given twice`);
      if (!/^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(word)) fail(`'${word}' is not a host name`);
      current = word;
      places.set(word, { name: word, address: word, port: DEFAULT_PORT });
      continue;
    }
    if (current === null) fail(`'${word}' has no host name before it`);
    if (!word.startsWith("addr="))
      fail(`unknown option '${word}' of host '${current}'; use addr=ADDRESS[:PORT]`);
    places.set(current, { name: current, ...addressOf(current, word.slice("addr=".length)) });
  }
  return [...places.values()];
}

/** An IPv6 address with a port stands in brackets. */
function addressOf(name: string, text: string): { address: string; port: number } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  const plain = isIP(text) === 6 ? null : /^([^:]+)(?::(\d+))?$/.exec(text);
  const [address = "", portText = ""] = isIP(text) === 6 ? [text] : ((bracketed ?? plain)?.slice(1) ?? []);
  const port = portText === "" || portText === undefined ? DEFAULT_PORT : Number(portText);
  if (!/^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/.test(address))
    fail(`'${text}' is not an address for host '${name}'; use ADDRESS, ADDRESS:PORT or [IPV6]:PORT`);
  if (port < 1 || port > 65_535)
    fail(`'${port}' is not a port number for host '${name}'; use a number from 1 to 65535`);
  return { address, port };
}

export const hostGroup: PcsGroup = {
  summary: "Hosts that this one may ask",
  commands: { auth, deauth },
};
