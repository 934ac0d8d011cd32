import { parentPort, Worker, workerData } from "node:worker_threads";
import { compareCibVersions, patchsetFromXml, patchsetToXml, versionOf } from "@quorate/cib";
import {
  readSeriesLimits,
  type SchedulerInput,
  type SchedulerOutcome,
  type SchedulerPort,
  type SchedulerSeverity,
} from "@quorate/controller";
import { loadBzip2 } from "@quorate/host";
import type { Log } from "@quorate/ports";
import { detachGraph, LiveDocument, type Schedule, StaleRun } from "@quorate/scheduler";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { InputArchive } from "./input-archive.ts";

/** What goes to the worker thread. */
interface Job {
  readonly number: number;
  readonly nowS: number;
  /** The whole document; null: the one of the job before, changed by the update. */
  readonly cib: string | null;
  readonly patchsets: readonly string[];
  readonly rootAttributes: readonly (readonly [string, string])[];
}

/** Instead of a job: something to decide that nobody waits for. */
type Rehearsal = "rehearse";

/** What comes back: the answer, or that the update does not fit and the whole document is needed. */
type Answer = SchedulerOutcome | "document needed";

/** What the thread says meanwhile, for the log. */
interface Remark {
  readonly remark: string;
}

/** What a thread is given at its start. */
interface Equipment {
  readonly wanted: Int32Array;
  /** Where inputs are saved; null: nowhere. */
  readonly inputDirectory: string | null;
}

interface Running {
  readonly worker: Worker;
  readonly job: Job;
  readonly input: SchedulerInput;
  readonly done: (outcome: SchedulerOutcome) => void;
}

/**
 * The scheduler on a thread of its own, so that a long run blocks neither the signs of life to the cluster nor the local API. The
 * thread keeps the document, and gets only what changed, as long as that fits; then neither thread has to write or read
 * megabytes for a small change. The controller asks for one run at a time.
 */
export class WorkerScheduler implements SchedulerPort {
  readonly #program: string;
  readonly #inputDirectory: string | null;
  readonly #log: Log;
  /** Shared with the threads: number of the job whose answer is wanted, 0 when none is. */
  readonly #wanted = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #idle: Worker | null = null;
  /** The thread that has the document of the last job. */
  #informed: Worker | null = null;
  #running: Running | null = null;
  #jobCount = 0;

  /**
   * @param program file that calls `serveScheduler` when it is loaded as a worker
   * @param options `inputDirectory`: where inputs are saved for later replay; null: nowhere
   */
  constructor(program: string, options: { readonly inputDirectory: string | null; readonly log: Log }) {
    this.#program = program;
    this.#inputDirectory = options.inputDirectory;
    this.#log = options.log;
  }

  run(input: SchedulerInput, done: (outcome: SchedulerOutcome) => void): void {
    if (this.#running !== null) throw new Error("the scheduler was asked again during a run");
    const worker = this.#idle ?? this.#startWorker();
    this.#idle = null;
    this.#jobCount++;
    const update = worker === this.#informed ? (input.update ?? null) : null;
    const job: Job = {
      number: this.#jobCount,
      nowS: Math.floor(input.nowMs / 1000),
      cib: update === null ? serializeXml(input.cib) : null,
      patchsets: update?.patchsets.map((patchset) => serializeXml(patchsetToXml(patchset))) ?? [],
      rootAttributes: update?.rootAttributes ?? [],
    };
    this.#informed = worker;
    this.#running = { worker, job, input, done };
    Atomics.store(this.#wanted, 0, job.number);
    worker.postMessage(job);
  }

  /**
   * Starts the thread before it is needed, and lets it decide something, which loads and compiles all that it runs: a node that becomes the DC
   * because another was lost then decides at once.
   */
  warmUp(): void {
    if (this.#running !== null || this.#idle !== null) return;
    this.#idle = this.#startWorker();
    this.#idle.postMessage("rehearse" satisfies Rehearsal);
  }

  cancel(): void {
    Atomics.store(this.#wanted, 0, 0);
  }

  /** Ends the threads without an answer to a run in progress. */
  close(): void {
    void this.#running?.worker.terminate();
    void this.#idle?.terminate();
    this.#running = null;
    this.#idle = null;
    this.#informed = null;
  }

  #startWorker(): Worker {
    const equipment: Equipment = { wanted: this.#wanted, inputDirectory: this.#inputDirectory };
    const worker = new Worker(this.#program, { workerData: equipment });
    worker.unref();
    worker.on("message", (answer: Answer | Remark) => {
      if (typeof answer === "object" && "remark" in answer) {
        this.#log("warning", answer.remark);
        return;
      }
      const running = this.#running;
      if (running?.worker !== worker) return;
      if (answer === "document needed") {
        // It may already have what the next update will tell, so that none can go on from it.
        this.#informed = null;
        worker.postMessage({ ...running.job, cib: serializeXml(running.input.cib), patchsets: [] });
        return;
      }
      this.#idle = worker;
      this.#finish(running, answer);
    });
    // Out of memory, or a defect outside of a run; the next run starts a new thread.
    worker.on("error", (error) => this.#lost(worker, error.stack ?? error.message));
    worker.on("exit", (code) => this.#lost(worker, `the scheduler's thread ended with code ${code}`));
    return worker;
  }

  #lost(worker: Worker, reason: string): void {
    if (this.#idle === worker) this.#idle = null;
    if (this.#informed === worker) this.#informed = null;
    if (this.#running?.worker === worker) this.#finish(this.#running, { ok: false, reason });
  }

  #finish({ done }: Running, outcome: SchedulerOutcome): void {
    this.#running = null;
    done(outcome);
  }
}

/** How long the first job waits for the disk to say which inputs were saved before. */
const ARCHIVE_OPEN_MS = 1_000;

/** The worker's side: answers one job after another. */
export function serveScheduler(): void {
  const port = parentPort!;
  const { wanted, inputDirectory } = workerData as Equipment;
  const archive =
    inputDirectory === null
      ? null
      : new InputArchive(
          inputDirectory,
          (remark) => port.postMessage({ remark } satisfies Remark),
          loadBzip2,
        );
  const opened = Promise.race([
    archive?.open(),
    new Promise<void>((resolve) => {
      setTimeout(resolve, ARCHIVE_OPEN_MS).unref();
    }),
  ]);
  const desk = new SchedulerDesk(wanted, archive);
  port.on("message", (job: Job | Rehearsal) => {
    if (job === "rehearse") rehearse();
    else void opened.then(() => port.postMessage(desk.answer(job)));
  });
}

/** A lost node with a service and a fence device: what a new DC has to decide first. */
const REHEARSAL = `<cib validate-with="pacemaker-4.0" have-quorum="1" crm_feature_set="3.20.5"><configuration>
<crm_config/><nodes><node id="1" uname="a"/><node id="2" uname="b"/></nodes>
<resources><primitive id="f" class="stonith" type="none"/><group id="g"><primitive id="r" class="ocf" provider="none" type="none">
<operations><op id="m" name="monitor" interval="10s"/></operations></primitive></group></resources><constraints/></configuration>
<status><node_state id="1" uname="a" in_ccm="1" crmd="1" join="member" expected="member"/>
<node_state id="2" uname="b" in_ccm="0" crmd="0" join="member" expected="member"><lrm id="2"><lrm_resources>
<lrm_resource id="r" class="ocf" provider="none" type="none"><lrm_rsc_op id="r_last_0" operation="start" operation_key="r_start_0"
call-id="1" rc-code="0" op-status="0" interval="0" transition-key="1:1:0:x" transition-magic="0:0;1:1:0:x"/></lrm_resource>
</lrm_resources></lrm></node_state></status></cib>`;

function rehearse(): void {
  const parsed = parseXml(REHEARSAL);
  if (parsed.ok) detachGraph(new LiveDocument(parsed.root).schedule({ nowS: 0, isStale: () => false }).graph);
}

class SchedulerDesk {
  readonly #wanted: Int32Array;
  readonly #archive: InputArchive | null;
  #document: LiveDocument | null = null;

  constructor(wanted: Int32Array, archive: InputArchive | null) {
    this.#wanted = wanted;
    this.#archive = archive;
  }

  answer(job: Job): Answer {
    try {
      const problem = job.cib === null ? null : this.#read(job.cib);
      if (problem !== null) return { ok: false, reason: problem };
      if (job.cib === null && !this.#update(job)) {
        this.#document = null;
        return "document needed";
      }
      const isStale = () => Atomics.load(this.#wanted, 0) !== job.number;
      const decision = this.#document!.schedule({ nowS: job.nowS, isStale, leavesOutScores: true });
      const severity = severityOf(decision);
      const source = this.#archive === null ? "" : this.#save(this.#archive, severity, job.nowS);
      return { ok: true, graph: detachGraph(decision.graph), source, severity };
    } catch (error) {
      if (error instanceof StaleRun) return { ok: false, reason: error.message };
      this.#document = null;
      return { ok: false, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }

  #read(cib: string): string | null {
    const parsed = parseXml(cib);
    this.#document = parsed.ok ? new LiveDocument(parsed.root) : null;
    return parsed.ok ? null : `the CIB is not XML: ${parsed.error.message}`;
  }

  #save(archive: InputArchive, severity: SchedulerSeverity, nowS: number): string {
    const { cib } = this.#document!;
    const series = SERIES_OF[severity];
    return archive.save(serializeXml(cib), { series, nowS, max: readSeriesLimits(cib)[series] });
  }

  /** False unless the changes lead, without a gap, to the version that the document must have. */
  #update({ patchsets, rootAttributes }: Job): boolean {
    const document = this.#document;
    if (document === null) return false;
    for (const text of patchsets) {
      const parsed = parseXml(text);
      const reading = parsed.ok ? patchsetFromXml(parsed.root) : null;
      if (reading === null || !reading.ok || reading.patchset.source === null) return false;
      if (!document.apply(reading.patchset)) return false;
    }
    const reached = versionOf(document.cib);
    document.setRootAttributes(rootAttributes);
    return isSameVersion(reached, document.cib);
  }
}

const SERIES_OF = { errors: "error", warnings: "warn", none: "input" } as const;

/** A fencing is worth a warning, also when nothing is wrong with the configuration. */
function severityOf({ cluster, graph }: Schedule): SchedulerSeverity {
  if (cluster.diagnostics.some((diagnostic) => diagnostic.severity === "error")) return "errors";
  const isFencing = graph.synapses.some(
    ({ action }) =>
      action.operation === "stonith" && action.attributes.get("CRM_meta_stonith_action") !== "on",
  );
  return isFencing || cluster.diagnostics.length > 0 ? "warnings" : "none";
}

function isSameVersion(version: ReturnType<typeof versionOf>, cib: XmlElement): boolean {
  return compareCibVersions(version, versionOf(cib)) === 0;
}
