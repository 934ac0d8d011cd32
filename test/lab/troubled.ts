import { existsSync } from "node:fs";
import type { LabCluster } from "./lab-cluster.ts";
import { primitive } from "./lab-cluster.ts";
import { Watcher } from "./watcher.ts";

const STATE = "/run/troubled.state";

/** Where it runs is what its file says; what goes wrong on a host is what other files there say. They are lost with the host's power. */
const AGENT = `#!/bin/sh
state=${STATE}
trouble=/run/troubled.$1
if [ -e "$trouble" ]; then
  [ "$(cat "$trouble")" = hangs ] && sleep 1000
  exit 1
fi
case $1 in
start) touch "$state" ;;
stop) rm -f "$state" ;;
monitor) [ -e "$state" ] || exit 7 ;;
meta-data)
  cat <<END
<?xml version="1.0"?>
<resource-agent name="Troubled" version="1.0">
<version>1.0</version>
<longdesc lang="en">Fails as tests want it to</longdesc>
<shortdesc lang="en">Trouble</shortdesc>
<parameters/>
<actions>
<action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/><action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
END
  ;;
validate-all) ;;
*) exit 3 ;;
esac
exit 0
`;

/** A resource in a cluster of the lab whose agent can be made to fail on single hosts. */
export class Troubled {
  readonly id = "troubled";
  readonly #cluster: LabCluster;
  readonly #watcher: Watcher;

  private constructor(cluster: LabCluster) {
    this.#cluster = cluster;
    this.#watcher = new Watcher("troubled", cluster.lab.hosts, (host) => {
      try {
        return existsSync(host.path(STATE));
      } catch {
        return false;
      }
    });
  }

  /**
   * @param hosts in the order of preference; it runs nowhere else
   * @param failing what fails on the first of them from the beginning
   */
  static async add(cluster: LabCluster, hosts: readonly string[], failing?: string): Promise<Troubled> {
    for (const host of cluster.lab.hosts)
      host.writeFile("/usr/lib/ocf/resource.d/lab/Troubled", AGENT, 0o755);
    const troubled = new Troubled(cluster);
    if (failing !== undefined) troubled.breakAction(hosts[0]!, failing, "fails");
    const via = hosts.at(-1)!;
    const { id } = troubled;
    const operations = ["start", "stop", "monitor"].map(
      (name) =>
        `<op id="${id}-${name}" name="${name}" interval="${name === "monitor" ? "5s" : "0"}" timeout="6s"/>`,
    );
    const constraints = cluster.names.map((name) => {
      const rank = hosts.indexOf(name);
      const score = rank < 0 ? "-INFINITY" : `${100 * (hosts.length - rank)}`;
      return `<rsc_location id="${id}-${name}" rsc="${id}" node="${name}" score="${score}"/>`;
    });
    await cluster.change(
      via,
      "cib_modify",
      "configuration",
      `<configuration><resources>${primitive(id, "ocf:lab:Troubled", {}, operations.join(""))}</resources><constraints>${constraints.join("")}</constraints></configuration>`,
      ["can-create"],
    );
    return troubled;
  }

  /** Hosts where it is now. */
  get hosts(): readonly string[] {
    return this.#watcher.hosts;
  }

  get violations(): Watcher["violations"] {
    return this.#watcher.violations;
  }

  /** From now on an action of the agent goes wrong on a host, until that loses its power. */
  breakAction(host: string, action: string, how: "fails" | "hangs"): void {
    this.#cluster.host(host).writeFile(`/run/troubled.${action}`, how);
  }

  async remove(via: string): Promise<void> {
    await this.#watcher.stop();
    const { id } = this;
    for (const host of this.#cluster.lab.hosts)
      if (host.state === "up") await host.run(["rm", "-f", "/run/troubled.start"]);
    await this.#cluster.host(via).must(["pcs", "resource", "delete", id]);
  }
}
