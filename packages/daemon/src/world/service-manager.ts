import { loadKoffi } from "@quorate/host";
import type { Clock, Log } from "@quorate/ports";
import type * as Koffi from "koffi";

/** systemd, when it started this process as a service of Type=notify; else nobody. */
export interface ServiceManager {
  /** The node runs and serves its local tools. `status` is for `systemctl status`. */
  ready(status: string): void;
  /** The node leaves the cluster, which takes as long as its resources take to stop. */
  stopping(): void;
}

const NOBODY: ServiceManager = { ready() {}, stopping() {} };

type Environment = Record<string, string | undefined>;

/**
 * Takes what systemd passed in the environment out of it, so that no agent or its child speaks in this daemon's name, and gives signs of
 * life as often as its watchdog wants. These come from the event loop, so a daemon that hangs is ended and started again.
 * A service manager that cannot be reached is logged, and no more.
 */
export async function connectServiceManager(
  environment: Environment,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<ServiceManager> {
  const { NOTIFY_SOCKET: address = "", WATCHDOG_USEC, WATCHDOG_PID } = environment;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
  if (address === "") return NOBODY;
  let send: (state: string) => boolean;
  try {
    send = openDatagramSocket(await loadKoffi(), address);
  } catch (error) {
    log("warning", `cannot tell systemd the state of this daemon: ${(error as Error).message}`);
    return NOBODY;
  }
  const isForThisProcess = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  const watchdogMs = isForThisProcess ? Number(WATCHDOG_USEC ?? 0) / 1000 : 0;
  if (watchdogMs > 0) {
    const beat = (): void => {
      send("WATCHDOG=1");
      clock.setTimer(watchdogMs / 4, beat);
    };
    beat();
  }
  return {
    ready: (status) => {
      if (!send(`READY=1\nSTATUS=${status}`)) log("warning", `systemd does not listen on ${address}`);
    },
    stopping: () => void send("STOPPING=1\nSTATUS=Leaving the cluster: stopping resources"),
  };
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Bytes of the family before the path, and of the path. */
const FAMILY_BYTES = 2;
const PATH_BYTES = 108;

/**
 * Node.js has no datagram sockets in the name space of files, so the C library is called. The result of a send tells whether it was taken.
 * @param address a path, or `@` and a name of the abstract space
 */
function openDatagramSocket(koffi: typeof Koffi, address: string): (state: string) => boolean {
  const path = Buffer.from(address.startsWith("@") ? `\0${address.slice(1)}` : address);
  if (path.length >= PATH_BYTES) throw new Error(`the address ${address} is too long`);
  const structure = Buffer.alloc(FAMILY_BYTES + PATH_BYTES);
  structure.writeUInt16LE(AF_UNIX);
  path.copy(structure, FAMILY_BYTES);
  // A path ends with a zero, a name of the abstract space with its length.
  const length = FAMILY_BYTES + path.length + (address.startsWith("@") ? 0 : 1);
  const library = koffi.load("libc.so.6");
  const socket = library.func("int socket(int domain, int type, int protocol)");
  const sendTo = library.func(
    "long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, unsigned int length)",
  );
  const descriptor: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw new Error("no socket could be made");
  return (state) => {
    const bytes = Buffer.from(state);
    const sent = sendTo(descriptor, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, structure, length);
    return Number(sent) === bytes.length;
  };
}
