import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManagementError, type QdeviceAction } from "../protocol/contract.ts";
import { readIfThere, removeDirectory } from "./files.ts";
import { killService } from "./kill-service.ts";
import type { Ended } from "./programs.ts";
import type { RunProgram, ServiceControl } from "./services.ts";

/** Certificates and keys, in the form of NSS, of this machine as a client of a quorum device. Source: corosync-qdevice-net-certutil(8). */
export const QDEVICE_CERTIFICATES = "/etc/corosync/qdevice/net/nssdb";
const REQUEST = `${QDEVICE_CERTIFICATES}/qdevice-net-node.crq`;
/** The key and its certificate again, for other hosts: each has its own here. */
const BUNDLE = `${QDEVICE_CERTIFICATES}/qdevice-net-node.p12`;
/** Source: corosync-qnetd-certutil(8). */
const QNETD_CERTIFICATES = "/etc/corosync/qnetd/nssdb";
/** Where the daemon is not root's, as on Debian, it reads its certificates as a member of this group, and changes none. */
const QNETD_GROUP = "coroqnetd";
const CA_CERTIFICATE = `${QNETD_CERTIFICATES}/qnetd-cacert.crt`;
/** To make a key takes its time. */
const CERTUTIL_MS_MAX = 120_000;
const NO_SUCH_PROGRAM = 127;

/** What `OwnQdevice` and `OwnQnetd` need of this machine. */
export interface Tools {
  readonly root: string;
  readonly run: RunProgram;
  readonly services: ServiceControl;
}

/** This machine as a node whose cluster asks a quorum device, the daemon corosync-qdevice. */
export class OwnQdevice {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Begins anew, trusting this authority. Resolves to a request for a certificate for the cluster. @throws ManagementError */
  async requestCertificate(clusterName: string, caCertificate: Uint8Array): Promise<Buffer> {
    this.remove();
    await this.#certutil(caCertificate, (file) => ["-i", "-c", file]);
    await certutil(
      this.#tools,
      "corosync-qdevice-net-certutil",
      ["-r", "-n", clusterName],
      "corosync-qdevice",
    );
    return made(this.#tools.root, REQUEST);
  }

  /** Takes the certificate that the request was answered with. @throws ManagementError */
  async takeCertificate(certificate: Uint8Array): Promise<void> {
    await this.#certutil(certificate, (file) => ["-M", "-c", file]);
    rmSync(join(this.#tools.root, BUNDLE), { force: true });
  }

  /** The daemon is of no use without its certificates. */
  remove(): void {
    removeDirectory(join(this.#tools.root, QDEVICE_CERTIFICATES));
  }

  /** @throws ManagementError */
  async switch(action: QdeviceAction): Promise<void> {
    const { services } = this.#tools;
    // What was never there need not be stopped.
    if (action === "stop" && !(await services.state("corosync-qdevice")).isActive) return;
    if (action === "disable" && (await services.state("corosync-qdevice")).isEnabled === false) return;
    await services[action]("corosync-qdevice");
  }

  #certutil(content: Uint8Array, args: (file: string) => string[]): Promise<void> {
    return withFile(content, (file) =>
      certutil(this.#tools, "corosync-qdevice-net-certutil", args(file), "corosync-qdevice"),
    );
  }
}

/** This machine as the quorum device of other clusters, the daemon corosync-qnetd. */
export class OwnQnetd {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  get isSetUp(): boolean {
    return readIfThere(join(this.#tools.root, CA_CERTIFICATE)) !== null;
  }

  /** @throws ManagementError */
  async setUp(): Promise<void> {
    await certutil(this.#tools, "corosync-qnetd-certutil", ["-i", "-G"], "corosync-qnetd");
    const { root, run } = this.#tools;
    if ((await run("getent", ["group", QNETD_GROUP], CERTUTIL_MS_MAX)).status !== 0) return;
    const { status, output } = await run(
      "chgrp",
      ["-R", QNETD_GROUP, join(root, QNETD_CERTIFICATES)],
      CERTUTIL_MS_MAX,
    );
    if (status !== 0) throw new ManagementError("failed", `chgrp ${QNETD_GROUP} failed: ${output}`);
  }

  /** @throws ManagementError */
  async destroy(): Promise<void> {
    await this.switch("stop");
    await this.switch("disable");
    removeDirectory(join(this.#tools.root, QNETD_CERTIFICATES));
  }

  /** @throws ManagementError */
  async switch(action: QdeviceAction): Promise<void> {
    const { services } = this.#tools;
    if (action === "stop" && !(await services.state("corosync-qnetd")).isActive) return;
    await services[action]("corosync-qnetd");
  }

  kill(): void {
    killService("corosync-qnetd");
  }

  /** @throws ManagementError where no device was set up */
  caCertificate(): Buffer {
    const certificate = readIfThere(join(this.#tools.root, CA_CERTIFICATE));
    if (certificate === null)
      throw new ManagementError(
        "failed",
        "no quorum device is set up here; run 'pcs qdevice setup model net --enable --start' on this host",
      );
    return certificate;
  }

  /** A certificate that lets a node of this cluster in. @throws ManagementError */
  async sign(clusterName: string, request: Uint8Array): Promise<Buffer> {
    this.caCertificate();
    await withFile(request, (file) =>
      certutil(
        this.#tools,
        "corosync-qnetd-certutil",
        ["-s", "-c", file, "-n", clusterName],
        "corosync-qnetd",
      ),
    );
    return made(this.#tools.root, `${QNETD_CERTIFICATES}/cluster-${clusterName}.crt`);
  }
}

/** @throws ManagementError */
async function certutil(
  { run }: Tools,
  program: "corosync-qdevice-net-certutil" | "corosync-qnetd-certutil",
  args: readonly string[],
  packageName: string,
): Promise<void> {
  const { status, output }: Ended = await run(program, args, CERTUTIL_MS_MAX);
  if (status === 0) return;
  throw new ManagementError(
    "failed",
    status === NO_SUCH_PROGRAM
      ? `${program} is missing; install the package ${packageName}`
      : `${program} ${args[0]} failed: ${output.replace(/\s+/g, " ").slice(-300)}`,
  );
}

function made(root: string, path: string): Buffer {
  const content = readIfThere(join(root, path));
  if (content === null)
    throw new ManagementError("failed", `there is no ${path}, which should have been made`);
  return content;
}

/** Lends a file that only this user can read. */
async function withFile<T>(content: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "quorate-pcsd-"));
  try {
    const path = join(directory, "certificate");
    writeFileSync(path, content, { mode: 0o600 });
    return await use(path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
