import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comesToReach, whySkipped } from "../lab/test-lab.ts";
import { hasAddress, hasMount } from "../lab/watcher.ts";
import { WAIT_MS_MAX, Walkthrough } from "./walkthrough.ts";

const [SV1, SV2, CL1, CL2] = ["sv1.home.dom", "sv2.home.dom", "cl1.home.dom", "cl2.home.dom"] as const;
const HOSTS = [SV1, SV2, CL1, CL2] as const;
const ADDRESS = "10.77.0.75";
const DISKS = {
  datab: { server: SV1, uuid: "0a4e9b6e-5d0b-4f0e-9c51-1d1a5b3f7d01" },
  datac: { server: SV2, uuid: "0a4e9b6e-5d0b-4f0e-9c51-1d1a5b3f7d02" },
};

/** Either client, as a group of a regular expression. */
const EITHER_CLIENT = `(${CL1}|${CL2})`;

/** What tells the clients apart, in what the commands print. Nothing speaks for one or the other: the cluster may choose either. */
const CLIENTS_EXCHANGED = [
  [CL1, CL2],
  ["10.77.0.3/", "10.77.0.4/"],
  ["fe00:3/", "fe00:4/"],
  ["\n         3 ", "\n         4 "],
] as const;

/** Stand-ins for tgt, which answers on its port, and for open-iscsi: a login asks the targets, and makes the disks appear. */
const UNITS = {
  "tgtd.service": `[Unit]
Description=iSCSI target daemon (stand-in)

[Service]
ExecStart=/usr/bin/python3 -m http.server --directory /srv/empty 3260
ExecStartPost=/bin/bash -c 'until : </dev/tcp/127.0.0.1/3260; do sleep 0.1; done'
`,
  "iscsid.service": `[Unit]
Description=iSCSI initiator daemon (stand-in)

[Service]
ExecStart=/bin/sleep infinity
`,
  "iscsi.service": `[Unit]
Description=Login to iSCSI targets (stand-in)
Wants=iscsid.service
After=iscsid.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/iscsi-session login
ExecStop=/usr/local/sbin/iscsi-session logout
`,
};

const ISCSI_SESSION = `#!/bin/bash
# iscsi-session login|logout: /etc/iscsi/nodes has a line "SERVER DISK UUID" for each target.
# A login that is refused is tried again for a while.
set -eu
[ -e /etc/iscsi/nodes ] || { echo "no records found" >&2; exit 21; }
mkdir -p /dev/disk/by-uuid
while read -r server disk uuid; do
  rm -f "/dev/disk/by-uuid/$uuid"
  [ "$1" = login ] || continue
  for ((tries = 0; ; tries++)); do
    (: <"/dev/tcp/$server/3260") && break
    ((tries < 60)) || exit 8
    sleep 1
  done
  ln -s "/dev/lab/$disk" "/dev/disk/by-uuid/$uuid"
done </etc/iscsi/nodes
`;

/** Files what it would send. */
const MAIL = `#!/bin/bash
{ echo "mail $*"; cat; } >>/var/log/mail-sent
`;

describe.skipIf(whySkipped !== "")(
  `walk-through: four nodes with weighted votes, and a chain of services${whySkipped}`,
  () => {
    let person: Walkthrough;
    /** The client that everything runs on first. Its own start of iscsi may have failed before the targets were there: then it is the second. */
    let active: string;
    let other: string;

    beforeAll(async () => {
      person = await Walkthrough.begin("3-iscsi-failover.md", {
        hosts: HOSTS,
        isClusterSetUp: false,
        sharedDisks: { datab: { sizeMib: 320 }, datac: { sizeMib: 320 } },
      });
      const { lab } = person.cluster;
      for (const host of lab.hosts) {
        for (const [name, unit] of Object.entries(UNITS)) host.writeFile(`/etc/systemd/system/${name}`, unit);
        host.writeFile("/usr/local/sbin/iscsi-session", ISCSI_SESSION, 0o755);
        host.writeFile("/usr/bin/mail", MAIL, 0o755);
        await host.must(["mkdir", "-p", "/mnt/datab", "/mnt/datac", "/srv/empty"]);
        if (host.name.startsWith("cl"))
          host.writeFile(
            "/etc/iscsi/nodes",
            Object.entries(DISKS)
              .map(([disk, { server, uuid }]) => `${server} ${disk} ${uuid}\n`)
              .join(""),
          );
        await host.must(["systemctl", "daemon-reload"]);
        const password = host.name === CL2 ? "another" : "walk-through-3";
        await host.must(["chpasswd"], { input: `hacluster:${password}\n` });
        person.write(host.name, "votes.sh");
      }
      person.write(SV1, "resources.sh");
      for (const [disk, { uuid }] of Object.entries(DISKS))
        await lab.hosts[0]!.must(["mkfs.xfs", "-q", "-f", "-m", `uuid=${uuid}`, `/dev/lab/${disk}`]);
      person.cluster.watch("the address", (host) => hasAddress(host, ADDRESS));
      person.cluster.watch("the first disk", (host) => hasMount(host, "/dev/lab/datab"));
      person.cluster.watch("the second disk", (host) => hasMount(host, "/dev/lab/datac"));
    });

    afterAll(() => person?.end());

    const auth = `pcs host auth ${HOSTS.join(" ")} -u hacluster -p walk-through-3`;

    /** What `crm_mon -1` prints when both targets are on their servers and the rest on one client, and nothing is under way. */
    function allOn(client: string): RegExp {
      const started = (resource: string, agent: string, host: string) =>
        `  \\* ${resource}\t\\(${agent}\\):\t Started ${host}\n`;
      const [first, same] = client === EITHER_CLIENT ? [client, "\\1"] : [client, client];
      const lines = [
        started("ClusterTgtd1", "systemd:tgtd", SV1),
        started("ClusterTgtd2", "systemd:tgtd", SV2),
        started("ClusterIscsid", "systemd:iscsi", first),
        started("ClusterIP", "ocf:heartbeat:IPaddr2", same),
        started("ClusterMailTo", "ocf:heartbeat:MailTo", same),
        started("ClusterFsDatab", "ocf:heartbeat:Filesystem", same),
        started("ClusterFsDatac", "ocf:heartbeat:Filesystem", same),
      ];
      return new RegExp(
        `4 nodes configured\n  \\* 7 resource instances configured\n[^]*\n${lines.join("")}$`,
      );
    }

    /** Waits until everything is together on one client. In the record it is CL1, as on the page. */
    async function untilTogether(): Promise<string> {
      person.recordExchanged([]);
      const shown = await person.untilShown(SV1, "crm_mon -1", allOn(EITHER_CLIENT));
      const client = allOn(EITHER_CLIENT).exec(shown)![1]!;
      person.typed.pop();
      person.recordExchanged(client === CL1 ? [] : CLIENTS_EXCHANGED);
      await person.untilShown(SV1, "crm_mon -1", allOn(client));
      return client;
    }

    function votes(expected: { total: number; quorum: string; flags: string }): RegExp {
      return new RegExp(
        `^Expected votes: +8\nHighest expected: +8\nTotal votes: +${expected.total}\nQuorum: +${expected.quorum} *\nFlags: *${expected.flags} *$`,
        "m",
      );
    }

    test("who does not know the password of a host is not let in there", async () => {
      await person.type(SV1, "echo 'hacluster:walk-through-3' | chpasswd");
      const refused = await person.type(SV1, auth, 1);
      for (const host of [SV1, SV2, CL1]) expect(refused).toContain(`${host}: Authorized\n`);
      expect(refused).toContain(`Error: ${CL2}: Username and/or password is incorrect\n`);
      await person.type(CL2, "echo 'hacluster:walk-through-3' | chpasswd");
      const authorized = await person.type(SV1, auth);
      expect(authorized.split("\n").sort().join("\n").trim()).toBe(
        HOSTS.map((host) => `${host}: Authorized`)
          .sort()
          .join("\n"),
      );
    });

    test("keys and corosync.conf are brought to all, host by host", async () => {
      const addresses = HOSTS.map((host) => `${host} addr=${person.cluster.host(host).address()}`);
      const setUp = await person.type(
        SV1,
        `pcs cluster setup fo_cluster ${addresses.join(" ")} transport knet ip_version=ipv4 link transport=udp mcastport=5420`,
      );
      for (const host of HOSTS)
        for (const done of [
          "Successfully destroyed cluster",
          "successful distribution of the file 'corosync authkey'",
          "successful distribution of the file 'pacemaker authkey'",
          "successful distribution of the file 'corosync.conf'",
        ])
          expect(setUp).toContain(`${host}: ${done}\n`);
      expect(setUp).toMatch(/Cluster has been successfully set up\.\n$/);
      for (const host of HOSTS) await person.type(host, "bash votes.sh");
      const files = await Promise.all(
        HOSTS.map((host) => person.type(host, "cat /etc/corosync/corosync.conf")),
      );
      expect(new Set(files).size).toBe(1);
      for (const part of [
        /crypto_cipher: aes256\n\s+crypto_hash: sha256\n\s+cluster_uuid: [0-9a-f]{32}\n/,
        /interface \{\n\s+knet_transport: udp\n\s+linknumber: 0\n\s+mcastport: 5420\n\s+\}/,
        /ring0_addr: 10\.77\.0\.1\n\s+name: sv1\.home\.dom\n\s+quorum_votes: 2\n\s+nodeid: 1\n/,
        /ring0_addr: 10\.77\.0\.4\n\s+name: cl2\.home\.dom\n\s+quorum_votes: 1\n\s+nodeid: 4\n/,
        /quorum \{\n\s+provider: corosync_votequorum\n\s+expected_votes: 8\n\}/,
        /logging \{\n/,
      ])
        expect(files[0]).toMatch(part);
    });

    test("the cluster starts, and stops again at once", async () => {
      await person.type(SV1, "pcs cluster enable --all");
      await person.type(SV1, "pcs cluster start --all");
      const stopped = await person.type(SV1, "pcs cluster stop --all");
      for (const host of HOSTS) expect(stopped).toContain(`${host}: Stopping Cluster (corosync)...`);
      for (const host of HOSTS)
        expect((await person.cluster.host(host).run(["systemctl", "is-active", "corosync"])).status).not.toBe(
          0,
        );
      await person.type(SV1, "pcs cluster start --all");
      await person.cluster.untilAllOnline();
    });

    test("quorum is 5 of 6 votes that are there and 8 that are expected", async () => {
      await person.type(SV1, "pcs property set stonith-enabled=false");
      await person.type(SV1, "pcs property set no-quorum-policy=stop");
      const status = await person.type(SV1, "pcs quorum status");
      expect(status).toMatch(/^Quorum provider: +corosync_votequorum\nNodes: +4$/m);
      expect(status).toMatch(/^Quorate: +Yes$/m);
      expect(status).toMatch(votes({ total: 6, quorum: "5", flags: "Quorate" }));
      expect(await person.type(SV1, "pcs status corosync")).toMatch(
        / 1 +2 sv1\.home\.dom \(local\)\n +2 +2 sv2\.home\.dom\n +3 +1 cl1\.home\.dom\n +4 +1 cl2\.home\.dom\n/,
      );
    });

    test("targets on their servers, everything else together on one client", async () => {
      await person.type(SV1, "bash resources.sh");
      await person.idle(SV1);
      for (const each of ["Tgtd1", "Tgtd2", "Iscsid", "IP", "MailTo", "FsDatab", "FsDatac"])
        await person.type(SV1, `pcs resource cleanup Cluster${each}`);
      expect(await person.type(SV1, `pcs stonith history cleanup ${CL1}`)).toContain(
        `no fencing of ${CL1} is on record`,
      );
      await person.cluster.until("both targets to run", WAIT_MS_MAX, async () => {
        const states = await Promise.all(
          [SV1, SV2].map((host) => person.cluster.host(host).run(["systemctl", "is-active", "tgtd"])),
        );
        return (
          states.every(({ status }) => status === 0) &&
          (await person.cluster.activeOn(SV1, "ClusterFsDatac")).length === 1
        );
      });
      await person.type(SV1, `pcs resource cleanup ClusterTgtd1 node=${SV1}`);
      await person.type(SV1, `pcs resource cleanup ClusterTgtd2 node=${SV2}`);
      await person.idle(SV1);
      await person.type(SV1, "pcs resource cleanup ClusterIscsid");
      active = await untilTogether();
      other = active === CL1 ? CL2 : CL1;
      expect(await person.type(active, "ip -brief address show eth0")).toContain(`${ADDRESS}/24`);
      expect(await person.type(active, "df --output=source,fstype,target /mnt/datab /mnt/datac")).toMatch(
        /\n\/dev\/lab\/datab xfs +\/mnt\/datab\n\/dev\/lab\/datac xfs +\/mnt\/datac\n/,
      );
      expect(await comesToReach(person.cluster.host(SV1), ADDRESS)).toBe(true);
      expect(await person.type(active, "cat /var/log/mail-sent")).toMatch(
        new RegExp(`^mail -s fo_cluster Takeover in progress .* on ${active} admin@home\\.dom$`, "m"),
      );
      await person.type(active, "echo 'written before' >/mnt/datab/note");
    });

    test("the active client is lost: the other one takes over, with the data", async () => {
      await person.cluster.host(active).powerOff();
      expect(await person.untilShown(SV1, "crm_mon -1", allOn(other))).toContain(`OFFLINE: [ ${active} ]`);
      expect(await person.type(SV1, "pcs quorum status")).toMatch(
        votes({ total: 5, quorum: "5", flags: "Quorate" }),
      );
      await person.type(SV1, `ping -c 1 -q ${ADDRESS} >/dev/null && echo answers`);
      expect(await person.type(other, "cat /mnt/datab/note")).toBe("written before\n");
      await person.cluster.host(active).powerOn();
      await person.cluster.untilAllOnline();
      await person.untilShown(SV1, "crm_mon -1", allOn(other));
    });

    test("a server is lost: everything stops, until it is there again", async () => {
      await person.cluster.lab.partition([[SV1, CL1, CL2], [SV2]]);
      for (const host of [SV1, SV2])
        expect(
          await person.untilShown(host, "crm_mon -1", /Active Resources:\n {2}\* No active resources\n/),
        ).toContain("partition WITHOUT quorum");
      for (const { hosts, what } of person.cluster.watchers) expect(hosts, what).toEqual([]);
      const status = await person.type(SV1, "pcs quorum status");
      expect(status).toMatch(/^Quorate: +No$/m);
      expect(status).toMatch(votes({ total: 4, quorum: "5 Activity blocked", flags: "" }));
      expect(await person.type(SV1, "pcs status corosync")).not.toContain(SV2);
      await person.type(SV2, "crm_mon -1");
      await person.cluster.lab.heal();
      await person.cluster.untilAllOnline();
      await untilTogether();
      expect(await person.type(SV1, "pcs quorum status")).toMatch(
        votes({ total: 6, quorum: "5", flags: "Quorate" }),
      );
    });

    test("everything goes to the other client when its own is not to be used, as planned", async () => {
      const client = await untilTogether();
      const idle = client === CL1 ? CL2 : CL1;
      await person.typeAsPlanned(SV1, `pcs node standby ${client}`);
      for (const { hosts, what } of person.cluster.watchers) expect(hosts, what).toEqual([idle]);
      await person.typeAsPlanned(SV1, `pcs node unstandby ${client}`);
      await person.typeAsPlanned(SV1, "pcs resource disable ClusterFsDatac");
      await person.typeAsPlanned(SV1, "pcs resource enable ClusterFsDatac");
      await person.typeAsPlanned(SV1, `pcs resource ban ClusterIscsid ${idle}`);
      for (const { hosts, what } of person.cluster.watchers) expect(hosts, what).toEqual([client]);
    });

    test("nothing ever ran on both clients, and the guide shows what happened", () => {
      person.expectNeverTwice();
      person.expectGuide();
    });
  },
);
