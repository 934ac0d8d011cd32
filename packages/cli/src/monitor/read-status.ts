import type { ApiClient } from "@quorate/api";
import { type ExtraSection, type Monitor, type MonitorOptions, monitor } from "@quorate/scheduler";
import { XmlElement } from "@quorate/xml";
import type { CibSession } from "../cluster/cib-session.ts";
import { fencingSections } from "../fencing/fencing-sections.ts";
import { classicLocalTime } from "../input/local-time.ts";
import type { World } from "../world.ts";
import type { ChosenSections } from "./chosen-sections.ts";

/** What the command line says about the view; the rest is looked up. */
export interface MonitorView extends ChosenSections {
  readonly isStructured: boolean;
  readonly layout: Pick<
    MonitorOptions,
    "showsInactive" | "groupsByNode" | "isBrief" | "showsTiming" | "showsDetail" | "node" | "resource"
  >;
}

/** Looks at the cluster once. */
export async function readStatus(
  cib: CibSession,
  daemon: ApiClient | null,
  view: MonitorView,
  world: World,
): Promise<Monitor> {
  const status = daemon === null ? null : await daemon.request("node.status", {});
  const records = daemon === null ? [] : await daemon.request("fencing.history", { target: null });
  const nowMs = world.nowMs();
  const { sections, banPrefix, isFullFencingHistory } = view;
  return monitor(await cib.document(), Math.floor(nowMs / 1000), {
    ...view.layout,
    sections,
    banPrefix,
    viewer: status?.nodeName ?? null,
    timeText: classicLocalTime(new Date(nowMs)),
    daemonState: status === null ? null : status.isShuttingDown ? "shutting_down" : "running",
    fencing: fencingSections(records, sections, {
      isFull: isFullFencingHistory,
      isDetailed: view.layout.showsDetail,
      isStructured: view.isStructured,
    }),
    notices: status?.diskProblem ? [diskNotice(status.diskProblem)] : [],
  });
}

function diskNotice(problem: string): ExtraSection {
  return {
    title: "Disk of this Node",
    items: [problem],
    element: new XmlElement("disk", [["problem", problem]]),
  };
}
