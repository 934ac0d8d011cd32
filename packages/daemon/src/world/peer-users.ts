import { spawnSync } from "node:child_process";
import { endianness } from "node:os";
import type { PeerUser } from "@quorate/api";
import { loadKoffi } from "@quorate/host";
import type { Log } from "@quorate/ports";

/** How long what `id` said of a user is believed. */
const BELIEVED_MS = 30_000;

const SOL_SOCKET = process.arch.startsWith("mips") ? 0xffff : 1;
const SO_PEERCRED = process.arch.startsWith("mips") ? 18 : process.arch.startsWith("ppc") ? 21 : 17;

/**
 * Finds out who is at the other end of a local connection: the kernel keeps the user of the process that connected (SO_PEERCRED), which
 * no process can choose. Node.js has no call for it, so the C library is called. Reading `/proc` or `ss` instead would ask who holds the
 * socket now, which a process can hand on, and would leave a gap in which process ids are used again.
 * Null for a connection about which the kernel says nothing: whoever asks then counts as unknown, not as privileged.
 * The whole is null where the C library cannot be called: then only the mode of the socket can tell users apart.
 */
export async function openPeerUsers(log: Log): Promise<((fd: number) => PeerUser | null) | null> {
  let uidOf: (fd: number) => number | null;
  try {
    uidOf = peerUid(await loadKoffi());
  } catch (error) {
    log(
      "warning",
      `cannot ask who local clients are, so only root and the user of this daemon can connect: ${(error as Error).message}`,
    );
    return null;
  }
  const known = new Map<number, { readonly user: PeerUser; readonly untilMs: number }>();
  return (fd) => {
    const uid = uidOf(fd);
    if (uid === null) return null;
    const now = performance.now();
    const cached = known.get(uid);
    if (cached !== undefined && cached.untilMs > now) return cached.user;
    const user = describeUser(uid);
    known.set(uid, { user, untilMs: now + BELIEVED_MS });
    return user;
  };
}

/** The user that this daemon runs as. */
export function ownUser(): PeerUser {
  return describeUser(process.getuid?.() ?? 0);
}

/** Id of a Unix group; null when this machine has none of that name. */
function groupId(name: string): number | null {
  const { status, stdout } = spawnSync("getent", ["group", "--", name], { encoding: "utf8", timeout: 5000 });
  const id = status === 0 ? stdout.split(":")[2] : undefined;
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : null;
}

/** Names come from `id`, which asks whatever directory this machine uses. Root is root whatever it says. */
function describeUser(uid: number): PeerUser {
  if (uid === 0) return { uid, name: "root", groups: ["root"] };
  const name = ask(["-un", "--", String(uid)])[0] ?? String(uid);
  return { uid, name, groups: groupsOf(name) };
}

export function groupsOf(user: string): readonly string[] {
  return ask(["-Gnz", "--", user]);
}

function ask(args: readonly string[]): readonly string[] {
  const { status, stdout } = spawnSync("id", args, { encoding: "utf8", timeout: 5000 });
  return status === 0 ? stdout.split(/[\0\n]/).filter((name) => name !== "") : [];
}

type Koffi = Awaited<ReturnType<typeof loadKoffi>>;

function peerUid(koffi: Koffi): (fd: number) => number | null {
  const getsockopt = koffi
    .load("libc.so.6")
    .func("int getsockopt(int fd, int level, int name, void *value, void *length)");
  return (fd) => {
    // struct ucred: pid, uid, gid.
    const credentials = Buffer.alloc(12);
    const length = Buffer.alloc(4);
    if (endianness() === "LE") length.writeUInt32LE(credentials.length);
    else length.writeUInt32BE(credentials.length);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length) !== 0) return null;
    const uid = endianness() === "LE" ? credentials.readUInt32LE(4) : credentials.readUInt32BE(4);
    return uid === 0xffffffff ? null : uid;
  };
}

/** Administrators who are not root are members of this group, as with the classic daemons; access rules say what each may do. */
export function clientGroup(): number | undefined {
  return process.getuid?.() === 0 ? (groupId("haclient") ?? undefined) : undefined;
}
