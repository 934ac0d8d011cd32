import type { FencingRecord } from "@quorate/ports";
import type { Monitor } from "@quorate/scheduler";
import { withCib } from "../cluster/open-cib.ts";
import { ExitCode } from "../exit-codes.ts";
import { type HtmlPage, htmlPage } from "../output/html-page.ts";
import type { Output } from "../output/output.ts";
import { FileError, type HeldSignals, type World } from "../world.ts";
import { goIntoBackground, stayInBackground } from "./background.ts";
import { fencingNotice, type Notice, OperationNotices } from "./operation-notices.ts";
import { type MonitorView, readStatus } from "./read-status.ts";
import { watchCluster } from "./watch-cluster.ts";

const CLEAR_SCREEN = "\u001b[H\u001b[2J";

export interface ClusterWatchOptions {
  readonly world: World;
  readonly output: Output;
  readonly view: MonitorView;
  readonly page: HtmlPage;
  readonly isOneLine: boolean;
  readonly intervalMs: number;
  readonly pidFile: string | null;
  /** Run for each operation that ends. */
  readonly program: {
    readonly path: string;
    readonly recipient: string;
    readonly hearsOfFencing: boolean;
  } | null;
}

/** The ways in which `crm_mon` looks at the cluster. Each resolves to the exit status. */
export class ClusterWatch {
  readonly #options: ClusterWatchOptions;
  readonly #notices = new OperationNotices();

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
  }

  once(): Promise<number> {
    const { output, view, world, isOneLine } = this.#options;
    return withCib(world, async (cib, daemon) => {
      const status = await readStatus(cib, daemon, view, world);
      if (isOneLine) output.text(`${status.oneLine}\n`);
      else this.#show(status);
      return ExitCode.ok;
    });
  }

  /** Until a signal comes or the daemon goes away; the screen is cleared each time. */
  async onScreen(): Promise<number> {
    const { output, world } = this.#options;
    const signals = world.holdSignals();
    try {
      return await this.#watch(signals, (status) => {
        if (output.form === "console") world.stdout(CLEAR_SCREEN + status.text());
      });
    } finally {
      signals.release();
    }
  }

  /** Looks once, so that a mistake is told to whoever made it, and leaves the rest to a process in the background. */
  async leaveInBackground(argv: readonly string[]): Promise<number> {
    const { output, pidFile, view, world } = this.#options;
    const status = await withCib(world, async (cib, daemon) => {
      const seen = await readStatus(cib, daemon, view, world);
      if (output.isToFile) this.#show(seen);
      return ExitCode.ok;
    });
    return status === ExitCode.ok ? goIntoBackground(argv, { pidFile, world }) : status;
  }

  /** Until a signal comes. While there is no daemon, the page says so: nobody shall take what was for what is. */
  async inBackground(): Promise<number> {
    const { intervalMs, output, pidFile, world } = this.#options;
    const signals = world.holdSignals();
    try {
      return await stayInBackground({ pidFile, intervalMs, signals, world }, async () => {
        const status = await this.#watch(signals, (seen) =>
          output.renew(ExitCode.ok, () => this.#show(seen)),
        );
        if (status !== ExitCode.ok) output.renew(status, () => this.#showLoss());
      });
    } finally {
      signals.release();
    }
  }

  #watch(signals: HeldSignals, show: (status: Monitor) => void): Promise<number> {
    const { intervalMs, program, view, world } = this.#options;
    return withCib(world, async (cib, daemon) => {
      if (daemon === null) throw new Error("only a running cluster can be watched");
      const look = async () => {
        show(await readStatus(cib, daemon, view, world));
        if (program !== null)
          for (const notice of this.#notices.since(await cib.document())) this.#tell(notice);
      };
      const onFencing =
        program?.hearsOfFencing === true
          ? (record: FencingRecord) => this.#tell(fencingNotice(record))
          : null;
      return watchCluster({ daemon, look, intervalMs, signals, onFencing, world });
    });
  }

  #tell(notice: Notice): void {
    const { program, world } = this.#options;
    if (program === null) return;
    try {
      world.startDetached(program.path, [], { CRM_notify_recipient: program.recipient, ...notice });
    } catch (error) {
      // The cluster is shown all the same.
      if (!(error instanceof FileError)) throw error;
      world.stderr(`${world.programName}: ${error.message}\n`);
    }
  }

  #show(status: Monitor): void {
    const { output, page } = this.#options;
    if (output.form === "html") output.text(htmlPage(status.html(), page));
    else output.show({ text: () => status.text(), xml: () => status.elements() });
  }

  #showLoss(): void {
    const { output, page } = this.#options;
    const text = "Not connected to the cluster: the daemon of this node is not running";
    output.text(output.form === "html" ? htmlPage(`<p class="warning">${text}</p>\n`, page) : `${text}\n`);
  }
}
