import type { Host, LabDescription } from "@quorate/lab";
import type { LabCluster } from "./lab-cluster.ts";
import { ipmiDevices, primitive } from "./lab-cluster.ts";
import { hasAddress, hasMount, hasProcess, type Watcher } from "./watcher.ts";

/** Where the site can be reached, on whichever host it runs. */
export const SITE_ADDRESS = "10.77.0.50";
const SITE_DISK = "/dev/lab/data";
/** On the site's disk: one line for each moment at which the writer lived, with the host it lived on. */
export const SITE_JOURNAL = "/srv/site/journal";

/** What a lab needs for the site. */
export const SITE_LAB: Partial<LabDescription> = { sharedDisks: { data: { sizeMib: 64 } } };

// An error log of its own: by default it is standard error, and nginx then never lets go of the pipe of the agent that started it.
const NGINX_CONF = `daemon on;
error_log /var/log/nginx/error.log;
user root;
pid /run/nginx.pid;
events {}
http {
  access_log off;
  server { listen ${SITE_ADDRESS}:80; root /srv/site/pages; }
}
`;

// Without other programs: it writes often, and the machine has more to do.
const WRITER = `#!/bin/bash
exec {never}<> <(:)
while :; do
  echo "$EPOCHREALTIME $HOSTNAME" >>${SITE_JOURNAL} || exit 1
  read -rt 0.05 -u $never
done
`;

/**
 * A small site, all of it by Debian's agents: a file system on a disk that all hosts share, an address, nginx that serves what is on the disk,
 * and a writer that shows who writes to it. One fence device for each host.
 */
export function siteConfiguration(
  description: LabDescription,
  bmcOf: (host: string) => string,
  extra: {
    properties?: Readonly<Record<string, string>>;
    resources?: string;
    constraints?: string;
  } = {},
): string {
  const properties = { "stonith-enabled": "true", "stonith-timeout": "60s", ...extra.properties };
  const operations = (id: string, more = "") =>
    `<op id="${id}-monitor" name="monitor" interval="5s" timeout="40s"/><op id="${id}-start" name="start" interval="0" timeout="60s"/>${more || `<op id="${id}-stop" name="stop" interval="0" timeout="60s"/>`}`;
  return `<configuration>
  <crm_config><cluster_property_set id="cib-bootstrap-options">
    ${Object.entries(properties)
      .map(([name, value]) => `<nvpair id="option-${name}" name="${name}" value="${value}"/>`)
      .join("")}
  </cluster_property_set></crm_config>
  <resources>
    ${ipmiDevices(description, bmcOf)}
    <group id="site">
      ${primitive("disk", "ocf:heartbeat:Filesystem", { device: SITE_DISK, directory: "/srv/site", fstype: "ext4" }, operations("disk"))}
      ${primitive("address", "ocf:heartbeat:IPaddr2", { ip: SITE_ADDRESS, cidr_netmask: "24", nic: "eth0" }, operations("address"))}
      ${primitive("web", "ocf:heartbeat:nginx", { configfile: "/etc/lab/nginx.conf" }, operations("web"))}
      ${primitive("writer", "ocf:heartbeat:anything", { binfile: "/etc/lab/writer", pidfile: "/run/writer.pid" }, operations("writer"))}
    </group>
    ${extra.resources ?? ""}
  </resources>
  <constraints>${extra.constraints ?? ""}</constraints>
</configuration>`;
}

/** Puts the site's files on the hosts and its pages on the disk. */
export async function prepareSite(hosts: readonly Host[]): Promise<void> {
  for (const host of hosts) {
    host.writeFile("/etc/lab/nginx.conf", NGINX_CONF);
    host.writeFile("/etc/lab/writer", WRITER, 0o755);
    await host.must(["mkdir", "-p", "/srv/site"]);
  }
  await hosts[0]!.must([
    "bash",
    "-ec",
    `mkfs.ext4 -q -F ${SITE_DISK}; mount ${SITE_DISK} /srv/site; mkdir /srv/site/pages; echo welcome >/srv/site/pages/index.html; umount /srv/site`,
  ]);
}

/** Watches everything of the site that must be on one host at most. The last one is what a visitor needs. */
export function watchSite(cluster: LabCluster): { readonly address: Watcher; readonly web: Watcher } {
  cluster.watch("disk", (host) => hasMount(host, SITE_DISK));
  cluster.watch("writer", (host) => hasProcess(host, /\/etc\/lab\/writer$/));
  return {
    address: cluster.watch("address", (host) => hasAddress(host, SITE_ADDRESS)),
    web: cluster.watch("nginx", (host) => hasProcess(host, /^nginx: master/)),
  };
}
