import { CibError } from "../../cluster/cib-session.ts";
import { ExitCode } from "../../exit-codes.ts";
import { configGroup } from "../corosync/config-group.ts";
import { authkeyGroup, reloadGroup, showConf, syncGroup } from "../corosync/distribute.ts";
import { linkGroup } from "../corosync/links.ts";
import { setup } from "../corosync/setup.ts";
import type { PcsCommand, PcsGroup } from "../framework/command.ts";
import { failChange } from "../framework/reports.ts";
import { clusterAuth } from "../hosts/auth.ts";
import { pcsdStatus } from "../hosts/pcsd.ts";
import { clusterStatus } from "../status/whole-status.ts";
import { cibEdit, cibPush, cibShow } from "./cib-file.ts";
import { destroyCommand } from "./destroy.ts";
import { clusterNodeGroup } from "./nodes.ts";
import { reportCommand } from "./report.ts";
import { disableCommand, enableCommand, killCommand, startCommand, stopCommand } from "./services.ts";
import { uidgidGroup } from "./uidgid.ts";
import { clusterVerify } from "./verify.ts";

const cibUpgrade: PcsCommand = {
  usage: [""],
  help: "Upgrade the CIB to the newest schema.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const editor = await call.cib();
    try {
      await editor.session.call({ operation: "cib_upgrade" });
    } catch (error) {
      if (!(error instanceof CibError)) throw error;
      if (error.exitCode !== ExitCode.ok) failChange("the CIB cannot be upgraded", error);
      call.reports.info("The CIB has the newest schema already");
      return;
    }
    call.reports.info("Cluster CIB has been upgraded to latest version");
  },
};

const oldPcsdStatus: PcsCommand = {
  ...pcsdStatus,
  isHidden: true,
  run(call) {
    call.reports.deprecated("'pcs cluster pcsd-status' is replaced by 'pcs pcsd status'");
    return pcsdStatus.run(call);
  },
};

export const clusterGroup: PcsGroup = {
  summary: "The cluster as a whole",
  commands: {
    cib: cibShow,
    "cib-push": cibPush,
    edit: cibEdit,
    "cib-upgrade": cibUpgrade,
    verify: clusterVerify,
    report: reportCommand,
    status: clusterStatus,
    start: startCommand,
    stop: stopCommand,
    enable: enableCommand,
    disable: disableCommand,
    kill: killCommand,
    destroy: destroyCommand,
    auth: clusterAuth,
    node: clusterNodeGroup,
    link: linkGroup,
    sync: syncGroup,
    reload: reloadGroup,
    corosync: showConf,
    authkey: authkeyGroup,
    uidgid: uidgidGroup,
    setup,
    config: configGroup,
    "pcsd-status": oldPcsdStatus,
  },
};
