import type { PcsCommand } from "../framework/command.ts";
import { isMeant } from "../framework/danger.ts";
import { clusterNodeNames, Hosts, orFail } from "../hosts/hosts.ts";

const DANGER =
  "this stops all cluster processes and then removes the cluster's state and configuration for ever";

export const destroyCommand: PcsCommand = {
  usage: ["[--all]"],
  help: "Stop the cluster on this node, or on all, and remove its configuration and state there for ever. It asks first; without a terminal it needs --force.",
  options: ["--all", "--force", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const hosts = await Hosts.of(call);
    const { own } = hosts.management;
    const states = await own.states();
    const isThereOne = own.readConf() !== null || Object.values(states).some(({ isActive }) => isActive);
    // Where there is no cluster, there is nothing to lose.
    if (isThereOne && !(await isMeant(call, DANGER))) return;
    if (call.has("--all")) {
      const targets = hosts.known(clusterNodeNames(call));
      await hosts.exclusively(targets, "cluster destroy", async () => {
        await hosts.each(targets, async (host) => {
          call.reports.info(`${host.name}: Stopping Cluster (pacemaker)...`);
          await hosts.ask(host, "cluster.stop", { service: "quorated" });
        });
        await hosts.each(targets, async (host) => {
          await hosts.ask(host, "cluster.destroy", {});
          call.reports.info(`${host.name}: Successfully destroyed cluster`);
        });
      });
      call.reports.check();
      return;
    }
    call.reports.info("Shutting down pacemaker/corosync services...");
    call.reports.info("Killing any remaining services...");
    call.reports.info("Removing all cluster configuration files...");
    await orFail(
      own.destroy(),
      (reason) =>
        `${reason}. Nothing was removed; 'pcs cluster kill' ends what does not stop, and its resources stay as they are`,
    );
  },
};
