import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** Corosync takes every file in it. Source: corosync.conf(5). */
const DIRECTORY = "/etc/corosync/uidgid.d";
/** uid_t and gid_t, without the one that stands for none. */
const ID_MAX = 0xffff_fffe;
const GETENT_MS_MAX = 10_000;

/** Who may connect to Corosync beside root; empty: none. */
interface Access {
  readonly uid: string;
  readonly gid: string;
}

const DATABASES = { uid: "passwd", gid: "group" } as const;
const CALLED = { uid: "user", gid: "group" } as const;

const list: PcsCommand = {
  usage: [""],
  help: "List the users and groups that may connect to Corosync on this node, beside root.",
  options: [],
  run(call) {
    call.expect(0, 0);
    const entries = accessFiles(call);
    if (entries.length === 0) call.tell("No uidgids configured");
    call.print(entries.map(({ access: { uid, gid } }) => `UID/GID: uid=${uid} gid=${gid}`).join("\n"));
  },
};

const add: PcsCommand = {
  usage: ["[uid=<uid>] [gid=<gid>]"],
  help: "Let a user, or a group, or a user in a group, connect to Corosync on this node. Corosync reads it when it starts, or with 'pcs cluster reload corosync'.",
  options: [],
  async run(call) {
    const access = accessOf(call);
    const { uid, gid } = access;
    if (accessFiles(call).some((entry) => isSame(entry.access, access)))
      fail(`uidgid file with uid=${uid} and gid=${gid} already exists`);
    for (const kind of ["uid", "gid"] as const) await checkExists(call, kind, access[kind]);
    // An empty value would keep Corosync from starting.
    const lines = [...(uid === "" ? [] : [`  uid: ${uid}`]), ...(gid === "" ? [] : [`  gid: ${gid}`])];
    call.world.writeFile(`${DIRECTORY}/pcs-uidgid-${uid}-${gid}`, `uidgid {\n${lines.join("\n")}\n}\n`);
  },
};

const remove: PcsCommand = {
  usage: ["[uid=<uid>] [gid=<gid>]"],
  help: "Take this permission away again on this node; it is named as 'pcs cluster uidgid' lists it.",
  options: [],
  run(call) {
    const access = accessOf(call);
    const found = accessFiles(call).filter((entry) => isSame(entry.access, access));
    if (found.length === 0) fail(`no uidgid files with uid=${access.uid} and gid=${access.gid} found`);
    for (const { path } of found) call.world.removeFile(path);
  },
};

export const uidgidGroup: PcsGroup = {
  summary: "Who may connect to Corosync on this node",
  commands: { add, delete: remove, remove },
  otherwise: list,
};

/** `uid=` and `gid=` words, of which there is at least one. @throws PcsError */
function accessOf(call: PcsCall): Access {
  const access = { uid: "", gid: "" };
  for (const word of call.expect(1)) {
    const [, name, value] =
      /^([^=]*)=(.*)$/s.exec(word) ?? fail("uidgid options must be of the form uid=<uid> gid=<gid>");
    if (name !== "uid" && name !== "gid") fail(`${name} is not a valid key, you must use uid or gid`);
    access[name] = value!;
  }
  if (access.uid === "" && access.gid === "") fail("you must set either uid or gid");
  return access;
}

function isSame(one: Access, other: Access): boolean {
  return one.uid === other.uid && one.gid === other.gid;
}

/** The files that let somebody in, whoever wrote them. @throws FileError */
function accessFiles(call: PcsCall): { readonly path: string; readonly access: Access }[] {
  if (!call.world.fileExists(DIRECTORY)) return [];
  return call.world
    .listFiles(DIRECTORY)
    .map((name) => `${DIRECTORY}/${name}`)
    .map((path) => ({ path, access: readAccess(call.world.readFile(path)) }))
    .filter(({ access: { uid, gid } }) => uid !== "" || gid !== "");
}

function readAccess(text: string): Access {
  const last = (key: string) =>
    [...text.matchAll(new RegExp(`^[ \\t]*${key}[ \\t]*:[ \\t]*(\\S.*?)[ \\t]*$`, "gm"))].at(-1)?.[1] ?? "";
  return { uid: last("uid"), gid: last("gid") };
}

/** Corosync does not start with a name that it does not find. @throws PcsError */
async function checkExists(call: PcsCall, kind: keyof Access, value: string): Promise<void> {
  if (value === "" || (/^\d+$/.test(value) && Number(value) <= ID_MAX)) return;
  const refuse = (why: string): never =>
    fail(`there is no ${CALLED[kind]} '${value}' here${why}: Corosync would not start; nothing was written`);
  if (!/^[A-Za-z_][\w.@-]*\$?$/.test(value)) refuse(", nor could there be one");
  const { status } = await call.world.runProgram("getent", [DATABASES[kind], value], {
    input: "",
    timeoutMs: GETENT_MS_MAX,
  });
  if (status !== 0) refuse("");
}
