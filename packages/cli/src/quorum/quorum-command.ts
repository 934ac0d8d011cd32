import { defineGroup } from "../command.ts";

/** `quorate quorum`. */
export const main = defineGroup({
  name: "quorate quorum",
  summary: "who may act when nodes are lost",
  commands: {
    plan: {
      summary: "which failures a cluster survives, from its corosync.conf",
      load: () => import("./plan-command.ts"),
    },
    status: {
      summary: "whether this part of the running cluster has quorum",
      load: () => import("./status-command.ts"),
    },
  },
});
