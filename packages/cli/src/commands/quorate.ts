import { defineGroup } from "../command.ts";

/** `quorate`: what has no classic command. */
export const main = defineGroup({
  name: "quorate",
  summary: "high-availability cluster manager",
  commands: {
    cluster: {
      summary: "set up a cluster: its corosync.conf and its key",
      load: () => import("../pcs/quorate-cluster.ts"),
    },
    explain: {
      summary: "why a resource runs where it runs, and what would have to change",
      load: () => import("../explain/explain-command.ts"),
    },
    lint: {
      summary: "the mistakes in a configuration, each with the rule that it breaks",
      load: () => import("../verify/lint-command.ts"),
    },
    playground: {
      summary: "a cluster of real daemons on this machine, to look at and to break",
      load: () => import("../playground/playground-command.ts"),
    },
    schema: {
      summary: "what may stand in a configuration, as a grammar for editors and validators",
      load: () => import("../schema/schema-command.ts"),
    },
    quorum: {
      summary: "whether the cluster has quorum, and which failures it survives",
      load: () => import("../quorum/quorum-command.ts"),
    },
  },
  remark:
    "The commands that administrators know (crm_mon, crm_resource, cibadmin, ...) stand beside this one.\n",
});
